using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

using static Tenfold.Core.Tests.Studies.SampleStudy;

namespace Tenfold.Core.Tests.Studies;

public sealed class A_trials_outcome_is_derived_from_its_runs
{
    private const string Taken = "its machine was reclaimed";
    private const string Early = "pruned at step 3: 0.1, not among the best third of 6 (0.5 or better)";

    private static readonly Reason.Pruned Pruned = new Reason.PrunedByRank(3, 0.1, 0.5, 3, 6);

    private static readonly TrialRecord Trial = Trial(1, """{"lr":0.01,"optimizer":"adam"}""", TrialState.Running);

    [Fact]
    public void A_completed_trial_has_a_value_for_each_successful_run()
    {
        var tell = Of(Run(RunState.Succeeded, 0.8), Run(RunState.Succeeded, 0.9, repeat: 2, minute: 7))!;
        (tell.Study, tell.Number, tell.State, tell.Why, tell.At).ShouldBe((Name, 1, TrialState.Completed, null, Noon.AddMinutes(7)));
        tell.Values.ShouldBe([0.8, 0.9]);
    }

    [Theory]
    [InlineData(RunState.Queued)]
    [InlineData(RunState.Running)]
    public void There_is_no_outcome_while_a_run_is_unfinished(RunState state)
    {
        Of(Run(state, 0.8)).ShouldBeNull();
        Of(Run(RunState.Succeeded, 0.8), Run(state, repeat: 2)).ShouldBeNull();
        TrialOutcome.Of(Trial, ["accuracy"], [], new HashSet<string>(), null).ShouldBeNull();
    }

    [Theory]
    [InlineData(double.NaN, "accuracy is NaN")]
    [InlineData(double.PositiveInfinity, "accuracy is infinity")]
    [InlineData(double.NegativeInfinity, "accuracy is infinity")]
    public void A_trial_fails_if_its_value_is_not_finite(double value, string why) =>
        ShouldBe(Of(Run(RunState.Succeeded, value)), TrialState.Failed, why);

    [Fact]
    public void A_trial_fails_if_the_metric_was_never_printed() =>
        ShouldBe(Of(Run(RunState.Succeeded)), TrialState.Failed, "it exited with code 0, but never printed accuracy");

    [Fact]
    public void A_trial_fails_with_the_reason_of_its_run_even_if_the_run_printed_a_value() =>
        ShouldBe(Of(Run(RunState.Failed, 0.9, "exit code 1\nout of memory")), TrialState.Failed, "exit code 1\nout of memory");

    [Fact]
    public void One_bad_run_of_three_doesnt_discard_the_others()
    {
        var tell = Of(Run(RunState.Succeeded, 0.8), Run(RunState.Failed, 0.1, "exit code 1", 2), Run(RunState.Succeeded, 0.9, repeat: 3))!;
        (tell.State, tell.Why.Words()).ShouldBe((TrialState.Completed, "1 of 3 runs don't count: exit code 1"));
        tell.Values.ShouldBe([0.8, 0.9]);
        Of(Run(RunState.Succeeded, 0.8), Run(RunState.Succeeded, double.NaN, repeat: 2))!.Why.Words()
            .ShouldBe("1 of 2 runs don't count: accuracy is NaN");
    }

    [Fact]
    public void A_trial_is_cancelled_if_a_run_was_and_none_has_a_value()
    {
        ShouldBe(Of(Run(RunState.Cancelled, 0.4, "cancelled")), TrialState.Cancelled, "cancelled");
        Of(Run(RunState.Succeeded, 0.8), Run(RunState.Cancelled, null, "cancelled", 2))!.State.ShouldBe(TrialState.Completed);
        // The cancelled run might have succeeded, so the failed one doesn't condemn the point.
        ShouldBe(Of(Run(RunState.Cancelled, null, "cancelled"), Run(RunState.Failed, null, "exit code 1", 2)), TrialState.Cancelled,
            "exit code 1");
    }

    [Fact]
    public void A_trial_is_lost_if_all_of_its_failed_runs_were_lost()
    {
        ShouldBe(Of(["s7m2xqab-t1-1"], null, Run(RunState.Failed, 0.4, Taken)), TrialState.Lost, Taken);
        ShouldBe(Of(["s7m2xqab-t1-1", "s7m2xqab-t1-2"], null, Run(RunState.Failed, null, Taken), Run(RunState.Failed, null, Taken, 2)),
            TrialState.Lost, Taken);
        Of(["s7m2xqab-t1-2"], null, Run(RunState.Failed, null, "exit code 1"), Run(RunState.Failed, null, Taken, 2))!.State.ShouldBe(
            TrialState.Failed);
        Of(["s7m2xqab-t1-2"], null, Run(RunState.Succeeded, 0.8), Run(RunState.Failed, null, Taken, 2))!.State.ShouldBe(
            TrialState.Completed);
    }

    [Fact]
    public void A_trial_is_pruned_if_pruning_stopped_a_run()
    {
        ShouldBe(Of([], Pruned, Run(RunState.Cancelled, 0.1, Early)), TrialState.Pruned, Early);
        Of([], Pruned, Run(RunState.Succeeded, 0.2), Run(RunState.Cancelled, 0.1, Early, 2))!.State.ShouldBe(TrialState.Pruned);
    }

    [Fact]
    public void A_trial_is_complete_if_its_runs_ended_before_they_could_be_pruned() =>
        ShouldBe(Of([], Pruned, Run(RunState.Succeeded, 0.1)), TrialState.Completed, null);

    private static TrialTell? Of(params RunWithMetrics[] runs) => Of([], null, runs);

    private static TrialTell? Of(string[] lost, Reason.Pruned? pruned, params RunWithMetrics[] runs) =>
        TrialOutcome.Of(Trial, ["accuracy"], runs, lost.ToHashSet(), pruned);

    private static void ShouldBe(TrialTell? tell, TrialState state, string? why) => (tell!.State, tell.Why.Words()).ShouldBe((state, why));
}
