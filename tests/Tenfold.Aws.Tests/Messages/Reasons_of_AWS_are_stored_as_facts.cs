using System.Text.Json;
using Tenfold.Aws.Batch;
using Tenfold.Aws.Batch.Observe;
using Tenfold.Aws.Ec2;
using Tenfold.Aws.Wire;
using Tenfold.Core.Reasons;

namespace Tenfold.Aws.Tests.Messages;

public sealed class Reasons_of_AWS_are_stored_as_facts
{
    // Ledgers have these names. A new one may be added; none may be changed or removed.
    [Fact]
    public void The_names_of_facts_of_Batch_never_change() => Names<BatchFact>().ShouldBe(
        [
            "agent-killed", "agent-not-delivered", "container-lost", "container-not-started", "disk-full", "docker-silent",
            "end-not-reported", "environment-disabled", "environment-invalid", "execution-role-missing", "gpu-not-found", "image-not-found",
            "image-not-pulled", "job-exited", "job-not-listed", "job-role-missing", "job-too-large", "machine-lost", "machine-reclaimed",
            "machine-starting", "not-started", "out-of-memory", "queue-blocked", "queue-disabled", "queue-full", "queue-invalid",
            "queue-not-in-stack", "queue-too-small", "registry-limit", "registry-unreachable", "role-not-assumed", "runtime-too-long",
            "secrets-not-passed", "setup-failed", "setup-too-long", "share-missing", "share-not-used", "shell-missing", "stack-deleted",
            "stopped-outside", "submission-failed", "submission-interrupted", "submission-refused", "submission-unanswered", "submitted",
            "task-not-prepared", "time-limit-reached", "variables-too-long", "waits-for-machine", "waits-without-reason",
            "wrong-processor",
        ]);

    [Fact]
    public void The_names_of_facts_of_EC2_never_change() => Names<Ec2Fact>().ShouldBe(
        [
            "account-not-verified", "agent-not-delivered", "disk-not-provided", "instance-not-found", "instance-stopping",
            "instances-ended", "instances-in-use",
            "launch-denied", "launch-refused", "launch-unanswered", "machine-failed", "machine-missing", "machine-not-found",
            "machine-not-listed", "machine-not-provided", "machine-not-started", "machine-reclaimed", "machine-shut-down",
            "machine-starting", "machine-too-small", "no-capacity", "no-free-address", "quota-reached", "script-too-long",
            "secrets-not-passed", "setup-failed", "spot-price-too-high", "stack-incomplete", "stopped-outside", "subnet-not-found",
            "throttled", "type-not-offered", "wrong-processor",
        ]);

    [Fact]
    public void A_jobs_end_has_its_fact_its_job_and_AWSs_answer()
    {
        var state = BatchStates.ToState(new JobFacts("j", "FAILED")
        {
            StatusReason = "Task failed to start",
            ContainerReason = "CannotPullContainerError: manifest unknown: not found",
        });
        var reason = state.Reason.ShouldBeOfType<Reason.OfBackend>();
        (reason.Backend, reason.State, reason.Fact, reason.Answer)
            .ShouldBe(("batch", "FAILED", "image-not-found", "CannotPullContainerError: manifest unknown: not found"));
        reason.About.ShouldNotBeNull()["job"].ShouldBe("j");
        reason.FindBackendFact().ShouldBe("image-not-found");
        ReasonJson.Read(ReasonJson.Write(reason)).ShouldBe(reason);
    }

    [Theory]
    [InlineData("InsufficientInstanceCapacity", "", "no-capacity")]
    [InlineData("VcpuLimitExceeded", "", "quota-reached")]
    [InlineData("SomethingNew", "odd", "launch-refused")]
    public void A_refused_launch_has_its_fact_and_EC2s_code(string code, string said, string fact)
    {
        var e = new AwsException("refused", null)
        {
            Fault = WireFaults.Classify(code, said, System.Net.HttpStatusCode.BadRequest),
            Service = "EC2",
            Operation = "RunInstances",
            Code = code,
            Detail = said,
            RequestId = "r",
            MayHaveTakenEffect = false,
        };
        var reason = LaunchRefusals.ToOutcome(e, "g5.xlarge machine", "eu-west-1").Reason.ShouldBeOfType<Reason.OfBackend>();
        (reason.Backend, reason.State, reason.Fact, reason.Answer).ShouldBe(("ec2", code, fact, said.Length > 0 ? said : null));
        reason.About.ShouldNotBeNull()["region"].ShouldBe("eu-west-1");
    }

    private static IEnumerable<string> Names<TFact>()
        where TFact : struct, Enum =>
        Enum.GetNames<TFact>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName).Order(StringComparer.Ordinal);
}
