using Tenfold.Core.Reasons;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm.Submit;

public sealed class Refusals_are_stored_as_facts
{
    private static readonly SlurmOptions Options = new() { Partition = "gpu", Account = "lab" };

    [Theory]
    [InlineData("invalid partition specified: gpu", "partition-not-found")]
    [InlineData("Invalid account or account/partition combination specified", "account-not-found")]
    [InlineData("Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)", "limit-reached")]
    [InlineData("A word of a later release", "other")]
    public void A_refusal_has_its_name_its_data_and_Slurms_answer(string words, string fact)
    {
        var answer = SubmitAnswerParser.Parse($"sbatch: error: Batch job submission failed: {words}");
        var reason = SubmitRefusals.ToOutcome(answer, Options).Reason.ShouldBeOfType<Reason.OfBackend>();
        (reason.Backend, reason.State, reason.Fact, reason.Answer).ShouldBe(("slurm", null, fact, words));
        reason.About!.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)).ShouldBe([("account", "lab"), ("partition", "gpu")]);
        reason.Words.ShouldEndWith($"(Slurm: {words})");
        ReasonJson.Read(ReasonJson.Write(reason)).ShouldBe(reason);
    }

    // Ledgers have these names. A new one may be added; none may be changed or removed.
    [Fact]
    public void The_names_of_facts_never_change()
    {
        string[] names = [.. Enum.GetValues<SubmitKind>().Select(Name), .. Enum.GetValues<SlurmFact>().Select(Name)];
        names.ShouldBeUnique();
        names.Order(StringComparer.Ordinal).ShouldBe(
        [
            "accepted", "account-denied", "account-not-found", "accounting-silent", "agent-not-delivered", "array-too-large",
            "end-not-accounted", "ended-without-cause", "feature-not-found", "folder-not-created", "folder-unknown",
            "gpu-not-found", "license-not-found", "licenses-in-use",
            "limit-reached", "maintenance-near", "max-queued-reached", "no-answer", "no-suitable-node", "no-x11", "node-count-invalid",
            "node-not-found", "node-shut-down", "nodes-busy", "nothing-listed", "option-not-known", "other", "other-temporary",
            "partition-denied", "partition-down", "partition-inactive", "partition-not-found", "partition-not-ready", "qos-denied",
            "qos-not-found", "queue-full", "rate-limited", "requeued", "reservation-denied", "reservation-not-found",
            "reservation-not-ready", "runtime-too-long", "script-not-written", "submission-unanswered", "submissions-disabled",
            "time-limit-invalid", "time-limit-too-long", "too-many-cores", "too-much-memory", "user-denied", "user-not-found",
        ]);
    }

    private static string Name<TFact>(TFact fact)
        where TFact : struct, Enum => SlurmReason.OfFact(fact, "words").Fact!;
}
