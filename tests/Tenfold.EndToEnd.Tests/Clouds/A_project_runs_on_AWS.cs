using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Servers;

namespace Tenfold.EndToEnd.Tests.Clouds;

/// <summary>From an empty account to results, and back to an empty account, with one endpoint for everything.</summary>
public sealed class A_project_runs_on_AWS : IAsyncLifetime
{
    private const string Script = "echo hello\necho model > $TENFOLD_MODEL_DIR/m\n" + Sandbox.SeedScript;

    private readonly S3Server _s3 = new();
    private readonly AwsDouble _aws;
    private readonly Sandbox _sandbox = new();

    public A_project_runs_on_AWS()
    {
        _aws = new AwsDouble(new AwsDoubleOptions
        {
            S3Endpoint = _s3.Endpoint,
            S3Folder = Path.GetDirectoryName(_s3.Data),
            Grace = TimeSpan.FromSeconds(5),
            MachineEnvironment = new Dictionary<string, string> { ["TENFOLD_SCRATCH"] = "{machine}/scratch" },
        });
        foreach (var (name, value) in _aws.Environment) _sandbox.Variables[name] = value;
        _sandbox.Toy(Script, "targets: { cloud: { kind: batch }, machine: { kind: ec2, instance_type: m5.large } }");
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        _aws.Dispose();
        _s3.Dispose();
    }

    [Fact]
    public async Task One_command_makes_the_stack_and_the_flow_leaves_nothing_behind()
    {
        (await _sandbox.Json("infra", "plan", "--json")).Text("state").ShouldBe("create");
        (await _sandbox.Run("infra", "apply")).With(0);

        var batch = await _sandbox.Fit("--on", "cloud", "--repeat", "3");
        batch.Runs().Select(run => run.State()).ShouldBe(["succeeded", "succeeded", "succeeded"]);
        var machine = await _sandbox.Fit("--on", "machine");
        machine.Runs().ShouldHaveSingleItem().State().ShouldBe("succeeded");
        (await _sandbox.Json("runs", "--json")).EnumerateArray().Select(run => run.State()).ShouldBe(Enumerable.Repeat("succeeded", 4));
        var cost = await _sandbox.Json("cost", "--by", "target", "--json");
        cost.At("rows").EnumerateArray().Single(row => row.Text("key") == "machine").Number("runs").ShouldBe(1);

        foreach (var run in (string[])[batch.Runs()[2].Id(), machine.Runs()[0].Id()])
        {
            (await _sandbox.RunIn(_sandbox.Outside, "fetch", run, run)).With(0);
            (await File.ReadAllTextAsync(Path.Combine(_sandbox.Outside, run, "model/m"), TestContext.Current.CancellationToken))
                .ShouldBe("model\n");
        }

        await Until.True(
            () => _aws.Ec2.InstanceIds.All(id => _aws.Ec2.StateOf(id) == "terminated"), "every machine has ended itself");
        await Until.True(() => _aws.Batch.JobIds.All(id => _aws.Batch.StatusOf(id) == "SUCCEEDED"), "every job has ended");
        (await _sandbox.Run("infra", "destroy", "--yes")).With(0);
        (_aws.Stacks.StatusOf("tenfold"), _aws.Ec2.VolumeIds.Count).ShouldBe((null, 0));
        _aws.Stacks.ResourceOf("tenfold", "Bucket").ShouldNotBeNull("the bucket has artifacts");

        (await _sandbox.Run("infra", "destroy", "--yes", "--with-artifacts")).With(0);
        Directory.EnumerateDirectories(Path.GetDirectoryName(_s3.Data)!, "tenfold-*")
            .Select(Path.GetFileName).ShouldBe([S3Server.Bucket], "the stack's bucket is gone");
    }
}
