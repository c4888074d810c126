using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Slurm.Submit;

public sealed class A_job_is_set_up(ClusterFixture fixture) : IClassFixture<ClusterFixture>, IAsyncLifetime
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
    public async Task Its_lines_have_the_last_word_over_the_recorded_shell()
    {
        foreach (var bench in new[] { _commands, _rest })
        {
            bench.Folder.Write("tools/greet", "#!/bin/sh\necho \"the module's $GREETING\"\n");
            File.SetUnixFileMode(bench.Folder["tools/greet"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
            var setup =
                $"load() {{ export PATH={bench.Folder["tools"]}:$PATH; }}\nload # as `module load` does\nexport " +
                $"GREETING=\"${{LANGUAGE}} and ${{LANG}}\" LANG=C";
            var assignment =
                (await bench.AssignAsync($"greet > {bench.Folder["seen"]}; echo $LANG $PATH >> {bench.Folder["seen"]}", 1, spec => spec with
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
    public async Task When_a_line_fails_the_run_does_not_start_and_says_so(string setup)
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
    public async Task Runs_of_different_shells_are_no_array()
    {
        var (one, other) = (await OfAsync("/opt/one", "true"), await OfAsync("/opt/other", "true"));
        (await _commands.Target.DescribeAsync([one, other], Cancel)).ShouldContain("--array=0 ");
        (await _commands.Target.DescribeAsync([one, await OfAsync("/opt/one", "true")], Cancel)).ShouldContain("--array=0-1 ");

        async Task<Assignment> OfAsync(string path, string setup) =>
            (await _commands.AssignAsync(
                "true", 1, spec => spec with { Target = Target(setup), Shell = new Dictionary<string, string> { ["PATH"] = path } }))[0];
    }

    private static TargetSpec Target(string setup) =>
        SlurmBench.Spec(new System.Text.Json.Nodes.JsonObject { ["setup"] = setup }.ToJsonString());
}
