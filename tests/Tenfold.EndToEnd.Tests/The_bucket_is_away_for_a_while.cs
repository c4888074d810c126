using Tenfold.Aws.Tests.Servers;
using Tenfold.Cli.Tests.Nodes;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.EndToEnd.Tests.Parts;

namespace Tenfold.EndToEnd.Tests;

/// <summary>The published agent and a real S3 server that is killed while a run prints.</summary>
public sealed class The_bucket_is_away_for_a_while(Cloud cloud) : IClassFixture<Cloud>
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(20);

    // The tests' own client of the bucket; the agents get theirs from what starts them.
    static The_bucket_is_away_for_a_while()
    {
        foreach (var (name, value) in new[] { ("AWS_ACCESS_KEY_ID", "S3RVER"), ("AWS_SECRET_ACCESS_KEY", "S3RVER"),
            ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_REGION", "us-east-1") })
            Environment.SetEnvironmentVariable(name, value);
    }

    private string[] Access =>
        [$"AWS_ENDPOINT_URL_S3={cloud.Bucket.Endpoint}", "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=S3RVER",
            "AWS_SECRET_ACCESS_KEY=S3RVER"];

    [Fact]
    public async Task And_nothing_of_what_a_run_prints_counts_saves_and_leaves_is_lost()
    {
        await using var place = new Sandbox();
        place.Write("README", "a project\n");
        var work = new Work(place, cloud.Bucket.Store("away"));
        // 250 lines in 25 s, through the outage; and a checkpoint that is written in the middle of it.
        await work.SubmitAsync(
            "i=0; while [ $i -lt 250 ]; do i=$((i + 1)); echo line $i; echo '{\"metric\":\"loss\",\"value\":'$i'}'; [ $i != 120 ] || " +
            "echo $i > $TENFOLD_CHECKPOINT_DIR/n; sleep 0.1; done; echo weights > $TENFOLD_MODEL_DIR/m; exit 3");
        using var agent = work.Start("node", work.Attempt(), Access);
        await Until.True(() => work.Log(work.Attempt()).Contains("o line 1"), "it prints");
        cloud.Bucket.Kill();
        await Task.Delay(Away);
        cloud.Bucket.Start();
        var ended = (await agent.EndAsync()).With(0);
        ended.Error.ShouldContain($"s3://{S3Server.Bucket}/away");
        var report = work.Report(work.Attempt())!;
        (report.State, report.ExitCode).ShouldBe((AttemptState.Failed, 3), report.Reason.Words());
        report.Warnings.ShouldBeEmpty();
        work.Log(work.Attempt()).Where(line => line.StartsWith("o line", StringComparison.Ordinal))
            .ShouldBe(Enumerable.Range(1, 250).Select(i => $"o line {i}"));
        (await new AttemptReports(work.Store).ReadMetricsAsync(work.Attempt(), CancellationToken.None))
            .ShouldHaveSingleItem().Count.ShouldBe(250);
        (await work.Store.ReadAsync(ArtifactManifest.FilesKey(work.Attempt()) + "model/m", CancellationToken.None))
            .ShouldBe("weights\n"u8.ToArray());

        await work.SubmitAsync("cat $TENFOLD_CHECKPOINT_DIR/n", number: 2);
        using var next = work.Start("other", work.Attempt(2), Access);
        (await next.EndAsync()).With(0);
        work.Log(work.Attempt(2)).ShouldContain("o 120");
    }

    [Fact]
    public async Task Of_twenty_agents_one_makes_the_claim()
    {
        await using var place = new Sandbox();
        place.Write("README", "a project\n");
        var work = new Work(place, cloud.Bucket.Store("claims"));
        await work.SubmitAsync($"echo ran >> {place.Outside}/ran; sleep 2");
        var agents = Enumerable.Range(0, 20).Select(i => work.Start($"node{i}", work.Attempt(), Access)).ToList();
        foreach (var agent in agents) (await agent.EndAsync()).With(0);
        place.Lines("ran").ShouldBe(["ran"]);
        work.Report(work.Attempt())!.State.ShouldBe(AttemptState.Succeeded);
    }
}
