using Tenfold.Aws.Tests.Batch;
using Tenfold.Aws.Tests.Ec2;
using Tenfold.Aws.Tests.SageMaker;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.Jobs;

/// <summary>The user's login ends in the middle of a run, whose machine has a role of its own. The run loses nothing by that.</summary>
public sealed class A_login_may_expire_during_a_run(S3Server server) : IClassFixture<S3Server>
{
    [Theory]
    [InlineData("batch")]
    [InlineData("ec2")]
    [InlineData("sagemaker")]
    public async Task The_run_succeeds_and_leaves_nothing(string kind)
    {
        using var folder = new TemporaryFolder();
        ITargetHarness bench = kind switch
        {
            "batch" => new BatchBench(server),
            "ec2" => new Ec2DoubleBench(server),
            _ => new SageMakerBench(server),
        };
        await using (bench)
        {
            var aws = bench switch
            {
                BatchBench one => one.Aws,
                Ec2DoubleBench one => one.Aws,
                _ => ((SageMakerBench)bench).Aws,
            };
            var (begun, go) = (folder["begun"], folder["go"]);
            var command = $"echo > {begun}; while [ ! -e {go} ]; do sleep 0.1; done; echo model > $TENFOLD_MODEL_DIR/m";
            var attempt = (await bench.AssignAsync(command))[0];
            await bench.Target.StartAsync([attempt], default);
            await Eventually.ShouldBeAsync(() => File.Exists(begun), "the command runs");
            aws.ExpireUser();
            folder.Write("go", "");
            var reports = new AttemptReports(bench.Store);
            AttemptReport? report = null;
            await Eventually.ShouldBeAsync(
                () => (report = reports.ReadAsync(attempt.Attempt, default).GetAwaiter().GetResult())?.State.IsFinal() == true, "it ends");
            report!.State.ShouldBe(AttemptState.Succeeded, report.Reason?.ToString());
            await Eventually.ShouldBeAsync(() => aws.Ec2.InstanceIds.All(id => aws.Ec2.StateOf(id) == "terminated"), "no machine is left");
            aws.ExpireUser(expired: false);
        }
    }
}
