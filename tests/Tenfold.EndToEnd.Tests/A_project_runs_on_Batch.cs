using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Servers;

namespace Tenfold.EndToEnd.Tests;

/// <summary>The published program against the double of AWS, by <c>AWS_ENDPOINT_URL</c> alone.</summary>
public sealed class A_project_runs_on_Batch : IDisposable
{
    private readonly S3Server _bucket = new();
    private readonly AwsDouble _aws;

    public A_project_runs_on_Batch()
    {
        _aws = new AwsDouble(new AwsDoubleOptions { S3Endpoint = _bucket.Endpoint });
        TenfoldStack.Add(_aws, S3Server.Bucket);
    }

    public void Dispose()
    {
        _aws.Dispose();
        _bucket.Dispose();
    }

    [Fact]
    public async Task With_the_same_seeds_and_values_as_on_this_machine()
    {
        await using var place = Project("echo hello\necho model > $TENFOLD_MODEL_DIR/m\n" + Sandbox.SeedScript);
        var here = await place.Fit("--repeat", "4");
        var there = await place.Fit("--repeat", "4", "--on", "cloud");
        there.Runs().Select(run => (run.Number("seed"), run.Number("value")))
            .ShouldBe(here.Runs().Select(run => (run.Number("seed"), run.Number("value"))));
        there.Text("group.target").ShouldBe("cloud");
        var run = there.Runs()[1].Id();
        (await place.RunIn(place.Outside, "logs", run)).With(0).Out.ShouldContain("hello");
        (await place.RunIn(place.Outside, "fetch", run, "got")).With(0);
        (await File.ReadAllTextAsync(Path.Combine(place.Outside, "got/model/m"))).ShouldBe("model\n");
        _aws.Calls.Count("batch", "SubmitJob").ShouldBe(1);
        await Until.True(() => Live() == 0, "no job is left");
    }

    [Fact]
    public async Task A_machine_that_is_taken_back_is_followed_by_the_next_attempt()
    {
        await using var place = Project();
        var go = Path.Combine(place.Outside, "go");
        place.Write("train.sh", $"echo begun\nwhile [ ! -e {go} ]; do sleep 0.1; done\n{Sandbox.SeedScript}");
        var run = (await place.Run("fit", "--detach", "--json", "--on", "cloud")).With(0).Json[0].Runs()[0].Id();
        await Until.Found(
            async () => (await place.Run("logs", run)).Out.Contains("begun") ? "" : null, () => "the script runs");
        _aws.Batch.KillHosts(_aws.Batch.JobIds[0]);
        await File.WriteAllTextAsync(go, "");
        var ended = (await place.RunsUntilAllEnded()).ShouldHaveSingleItem();
        (ended.State(), ended.Number("attempts")).ShouldBe(("succeeded", 2));
    }

    [Fact]
    public async Task A_run_that_can_never_start_is_refused_before_anything_is_recorded()
    {
        await using var place = Project(more: "resources: { cpus: 500 }");
        (await place.Run("fit", "--on", "cloud")).Saying("at most 64 vCPUs");
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
    }

    private int Live() => _aws.Batch.JobIds.Count(id => _aws.Batch.StatusOf(id) is not ("SUCCEEDED" or "FAILED"));

    private Sandbox Project(string? script = null, string more = "")
    {
        var place = new Sandbox();
        foreach (var (name, value) in _aws.Environment) place.Variables[name] = value;
        return place.Toy(script, $"targets: {{ cloud: {{ kind: batch }} }}\n{more}");
    }
}
