using Tenfold.Aws.Tests.Servers;
using Tenfold.Cli.Tests.Nodes;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.EndToEnd.Tests.Parts;

namespace Tenfold.EndToEnd.Tests;

/// <summary>The published agent and a real S3 server that is killed while a run prints.</summary>
public sealed class The_bucket_is_unreachable_for_a_while(Cloud cloud) : IClassFixture<Cloud>
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(20);

    // For the tests' own client of the bucket. The agents get their variables from the test that starts them.
    static The_bucket_is_unreachable_for_a_while()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        Environment.SetEnvironmentVariable("AWS_REGION", "us-east-1");
    }

    private string[] Access =>
    [
        $"AWS_ENDPOINT_URL_S3={cloud.Bucket.Endpoint}", "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=S3RVER", "AWS_SECRET_ACCESS_KEY=S3RVER",
    ];

    [Fact]
    public async Task No_output_metric_checkpoint_or_file_is_lost()
    {
        await using var place = new Sandbox();
        place.Write("README", "a project\n");
        var work = new Work(place, cloud.Bucket.Store("outage"));
        // Prints 250 lines in 25 s, and writes a checkpoint in the middle of the outage.
        await work.SubmitAsync(
            """
            i=0
            while [ $i -lt 250 ]; do
                i=$((i + 1))
                echo line $i
                echo '{"metric":"loss","value":'$i'}'
                [ $i != 120 ] || echo $i > $TENFOLD_CHECKPOINT_DIR/n
                sleep 0.1
            done
            echo weights > $TENFOLD_MODEL_DIR/m
            exit 3
            """);
        using var agent = work.Start("node", work.Attempt(), Access);
        await Until.True(() => work.Log(work.Attempt()).Contains("o line 1"), "it prints");
        cloud.Bucket.Kill();
        await Task.Delay(Outage);
        cloud.Bucket.Start();
        var ended = (await agent.EndAsync()).With(0);
        ended.Error.ShouldContain($"s3://{S3Server.Bucket}/outage");
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
    public async Task One_of_ten_agents_claims_an_attempt()
    {
        await using var place = new Sandbox();
        place.Write("README", "a project\n");
        var work = new Work(place, cloud.Bucket.Store("claims"));
        await work.SubmitAsync($"echo ran >> {place.Outside}/ran; sleep 2");
        var agents = Enumerable.Range(0, 10).Select(i => work.Start($"node{i}", work.Attempt(), Access)).ToList();
        foreach (var agent in agents) (await agent.EndAsync()).With(0);
        place.Lines("ran").ShouldBe(["ran"]);
        work.Report(work.Attempt())!.State.ShouldBe(AttemptState.Succeeded);
    }
}
