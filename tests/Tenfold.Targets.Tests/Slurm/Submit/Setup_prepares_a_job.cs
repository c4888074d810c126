using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Slurm.Submit;

public sealed class Setup_prepares_a_job(ClusterFixture fixture) : IClassFixture<ClusterFixture>, IAsyncLifetime
{
    private readonly SlurmBench _commands = new(fixture.Cluster);
    private readonly SlurmBench _rest = new(fixture.Cluster, byRest: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _commands.DisposeAsync();
        await _rest.DisposeAsync();
    }

    [Fact]
    public async Task Setup_overrides_the_recorded_shell()
    {
        foreach (var bench in new[] { _commands, _rest })
        {
            bench.Folder.Write("tools/greet", "#!/bin/sh\necho \"the module's $GREETING\"\n");
            File.SetUnixFileMode(bench.Folder["tools/greet"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
            var setup =
                $"load() {{ export PATH={bench.Folder["tools"]}:$PATH; }}\n"
                + "load # like `module load`\n"
                + "export GREETING=\"${LANGUAGE} and ${LANG}\" LANG=C";
            var command = $"greet > {bench.Folder["seen"]}; echo $LANG $PATH >> {bench.Folder["seen"]}";
            var assignment = (await bench.AssignAsync(command, 1, spec => spec with
            {
                Target = Target(setup),
                Shell = new Dictionary<string, string>
                {
                    ["PATH"] = "/opt/mine/bin:/usr/bin:/bin",
                    ["LANG"] = "C.UTF-8",
                    ["LANGUAGE"] = "it's",
                    ["HOME"] = "/nowhere",
                },
            }))[0];
            await bench.Target.StartAsync([assignment], Cancel);
            await Eventually.ShouldBeAsync(() => bench.Observe(assignment).Kind == BackendKind.Gone, "it has run");
            var lines = await File.ReadAllLinesAsync(bench.Folder["seen"], Cancel);
            lines[0].ShouldBe("the module's it's and C.UTF-8");
            lines[1].ShouldStartWith($"C {bench.Folder["tools"]}:/opt/mine/bin:/usr/bin:/bin:");
        }
    }

    [Theory]
    [InlineData("echo so far\nfalse\necho never")]
    [InlineData("no-such-module-command load cuda")]
    [InlineData("exit 0")]
    public async Task A_failing_setup_keeps_the_run_from_starting_and_says_why(string setup)
    {
        var ran = _commands.Folder["ran"];
        var assignment = (await _commands.AssignAsync($"touch {ran}", 1, spec => spec with { Target = Target(setup) }))[0];
        await _commands.Target.StartAsync([assignment], Cancel);
        await Eventually.ShouldBeAsync(() => _commands.Observe(assignment).Kind == BackendKind.Gone, "it has ended");
        var state = _commands.Observe(assignment);
        // Another node may have the module.
        state.End.ShouldBe(Ending.Lost);
        state.Reason.Words().ShouldNotBeNull().ShouldContain("tenfold: 'setup' of the target failed on ");
        state.Reason.Words().ShouldNotBeNull().ShouldNotContain("never");
        File.Exists(ran).ShouldBeFalse();
    }

    [Fact]
    public async Task Runs_planned_in_different_shells_do_not_share_an_array()
    {
        var (one, other) = (await AssignAsync("/opt/one"), await AssignAsync("/opt/other"));
        (await _commands.Target.DescribeAsync([one, other], Cancel)).Value().ShouldContain("--array=0 ");
        (await _commands.Target.DescribeAsync([one, await AssignAsync("/opt/one")], Cancel)).Value().ShouldContain("--array=0-1 ");

        async Task<Assignment> AssignAsync(string path) => (await _commands.AssignAsync("true", 1, spec => spec with
        {
            Target = Target("true"),
            Shell = new Dictionary<string, string> { ["PATH"] = path },
        }))[0];
    }

    private static TargetSpec Target(string setup) =>
        SlurmBench.Spec(new System.Text.Json.Nodes.JsonObject { ["setup"] = setup }.ToJsonString());
}
