using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;

using static Tenfold.Core.Tests.Studies.SampleStudy;

namespace Tenfold.Core.Tests.Studies;

public sealed class A_confirmation_picks_the_winner
{
    private static readonly TrialRecord[] Trials =
    [
        At(1, 0.80), At(2, 0.95), At(3, 0.90), Trial(4, """{"lr":0.004,"optimizer":"adam"}""", TrialState.Pruned, 0.99),
        Trial(5, """{"lr":0.005,"optimizer":"adam"}""", TrialState.Failed),
    ];

    [Fact]
    public void A_finalist_shown_to_be_better_than_the_first_choice_wins()
    {
        var confirmed = Of(MetricGoal.Maximize, (2, [0.80, 0.82, 0.81]), (3, [0.90, 0.88, 0.89]));
        confirmed.Winner.ShouldNotBeNull().Trial.Number.ShouldBe(3);
        confirmed.Points.Select(point => point.Trial.Number).ShouldBe([2, 3], "in the sweep's order");
        confirmed.Winner!.Summary!.Mean.ShouldBe(0.89, 1e-12);
        (confirmed.BestValue, confirmed.BestTrial).ShouldBe((0.95, 2));
        confirmed.Drop(MetricGoal.Maximize)!.Value.ShouldBe(0.01, 1e-12);
        confirmed.Comparisons.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            one => one.Method.ShouldBe(ComparisonMethod.Paired), one => one.Difference!.Value.ShouldBe(0.08, 1e-12),
            one => one.Verdict.ShouldBe(Verdict.Better), one => one.AdjustedPValue.ShouldNotBeNull());
    }

    [Fact]
    public void The_smallest_mean_wins_when_the_goal_is_to_minimize()
    {
        var confirmed = Of(MetricGoal.Minimize, (1, [0.85, 0.87]), (3, [0.95, 0.97]));
        confirmed.Winner!.Trial.Number.ShouldBe(1);
        (confirmed.BestValue, confirmed.BestTrial).ShouldBe((0.80, 1));
        confirmed.Drop(MetricGoal.Minimize)!.Value.ShouldBe(0.06, 1e-12);
        Of(MetricGoal.Minimize, (1, [0.7, 0.7])).Drop(MetricGoal.Minimize)!.Value.ShouldBe(-0.1, 1e-12);
    }

    [Fact]
    public void A_finalist_without_values_doesnt_win()
    {
        var confirmed = Of(MetricGoal.Minimize, (2, [null, double.NaN]), (3, [0.9, null]));
        confirmed.Points.Select(point => (point.Trial.Number, point.Summary?.N)).ShouldBe([(2, null), (3, 1)]);
        confirmed.Points[0].Values.Select(value => value.Value).ShouldBe([null, null]);
        confirmed.Comparisons.ShouldHaveSingleItem().Method.ShouldBeNull();
        confirmed.Winner!.Trial.Number.ShouldBe(3, "the first choice has no fresh values");
    }

    [Fact]
    public void Without_any_fresh_value_there_is_no_winner()
    {
        var confirmed = Of(MetricGoal.Maximize, (2, [null, null]), (3, [null, null]));
        confirmed.Winner.ShouldBeNull();
        confirmed.Drop(MetricGoal.Maximize).ShouldBeNull();
    }

    [Fact]
    public void The_best_fresh_mean_wins_even_if_the_difference_may_be_chance()
    {
        Of(MetricGoal.Maximize, (3, [0.90, 0.92, 0.91]), (1, [0.95, 0.89, 0.92])).Winner!.Trial.Number.ShouldBe(1);
        Of(MetricGoal.Minimize, (3, [0.90, 0.92, 0.91]), (1, [0.95, 0.89, 0.92])).Winner!.Trial.Number.ShouldBe(3);
    }

    [Theory]
    [InlineData(new[] { .96, .961, .1, .959, .96, .9605, .9602, .9595, .9601, .9599 })]
    [InlineData(new[] { .99, .99, .1, .99, .1, .99, .99, .99, .99, .2 })]
    [InlineData(new[] { .99, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN })]
    [InlineData(new[] { .99, .991, .992, double.NaN, .993, .989, .994, .99, .992, double.NaN })]
    public void A_favourite_that_diverges_or_crashes_is_not_confirmed(double[] favourite)
    {
        double?[] good = [.962, .9621, .9618, .9622, .962, .9619, .9623, .9617, .962, .9621];
        double?[] values = [.. favourite.Select(value => double.IsNaN(value) ? (double?)null : value)];
        Of(MetricGoal.Maximize, (2, values), (1, good)).Winner!.Trial.Number.ShouldBe(1);
        double?[] Lost(double?[] accuracies) => [.. accuracies.Select(value => 1 - value)];
        Of(MetricGoal.Minimize, (2, Lost(values)), (1, Lost(good))).Winner!.Trial.Number.ShouldBe(1);
    }

    [Fact]
    public void One_failed_run_is_an_accident_that_counts_as_the_worst_value()
    {
        double?[] others = [.950, .951, .949, .950, .952];
        Of(MetricGoal.Maximize, (2, [.990, .991, null, .992, .990]), (1, others)).Winner!.Trial.Number.ShouldBe(2);
        Of(MetricGoal.Maximize, (2, [.9505, .9506, null, .9504, .9506]), (1, others)).Winner!.Trial.Number.ShouldBe(1);
    }

    [Fact]
    public void The_winner_is_measured_by_runs_that_it_was_not_chosen_by()
    {
        var spec = Study().Spec with { Confirm = new Confirmation(2, 5) };
        double?[] chosen = [.96, .961, .962, .96, .961];
        double?[] further = [.950, .951, .952, .950, .951];
        var groups = Groups([(2, [.95, .951, .952, .95, .951]), (3, [.. chosen, .. further]), (ConfirmationPlan.Baseline, [])]);
        groups[ConfirmationPlan.Baseline] =
            [.. further.Select((value, i) => Run(RunState.Succeeded, value - .01 + (i * 1e-4), repeat: i + 6))];
        var confirmed = ConfirmationResult.Of(spec, Trials, groups);
        confirmed.Points.Select(point => point.Values.Count).ShouldBe([5, 5]);
        confirmed.Winner!.Summary!.Mean.ShouldBe(0.9608, 1e-12);
        confirmed.WinnerSummary!.Mean.ShouldBe(0.9508, 1e-12);
        confirmed.Drop(MetricGoal.Maximize)!.Value.ShouldBe(0.90 - 0.9508, 1e-12);
        confirmed.Measured!.Gain.ShouldNotBeNull().ShouldSatisfyAllConditions(
            gain => gain.PairsUsed.ShouldBe(5), gain => gain.Difference!.Value.ShouldBe(0.0098, 1e-12),
            gain => gain.Verdict.ShouldBe(Verdict.Better));
    }

    [Theory]
    [InlineData(new[] { double.NaN, double.NaN, double.NaN, double.NaN, double.NaN }, 5, null)]
    [InlineData(new[] { .95, double.NaN, double.NaN, double.NaN, double.NaN }, 4, null)]
    [InlineData(new[] { .95, .951, .952, .95, .1 }, 1, .7806)]
    [InlineData(new[] { .95, .951, .952, .95, .951 }, 0, .9508)]
    public void Further_runs_that_fail_or_diverge_count_against_the_winner(double[] values, int bad, double? mean)
    {
        var spec = Study().Spec with { Confirm = new Confirmation(2, 5) };
        double?[] further = [.. values.Select(value => double.IsNaN(value) ? (double?)null : value)];
        var groups = Groups([(2, [.95, .951, .952, .95, .951]), (3, [.96, .961, .962, .96, .961, .. further])]);
        var confirmed = ConfirmationResult.Of(spec, Trials, groups);
        confirmed.Winner!.Trial.Number.ShouldBe(3);
        (confirmed.Measured!.Bad, confirmed.Measured.WinnerRuns, confirmed.Measured.IsRefuted).ShouldBe((bad, 5, bad > 2));
        confirmed.WinnerSummary?.Mean.ShouldBe(mean!.Value, 1e-12);
        (confirmed.WinnerSummary is null).ShouldBe(mean is null);
        groups[3] = [.. groups[3].Take(9), Run(RunState.Running, null, repeat: 10)];
        ConfirmationResult.Of(spec, Trials, groups).Measured!.Bad.ShouldBe(0, "they are not over");
    }

    [Fact]
    public void Without_further_runs_the_winners_interval_allows_for_the_choice()
    {
        var chosen = Of(MetricGoal.Maximize, (2, [.90, .92, .94]), (3, [.80, .82, .84]));
        var naive = Summary.Of([.90, .92, .94]).Interval!;
        chosen.WinnerSummary!.Interval!.ShouldBe(Summary.Of([.90, .92, .94], 0.975).Interval);
        (chosen.WinnerSummary.Interval!.Low < naive.Low, chosen.WinnerSummary.Confidence).ShouldBe((true, 0.95));
        Of(MetricGoal.Maximize, (2, [.90, .92, .94])).WinnerSummary!.Interval.ShouldBe(naive, "a single finalist is not chosen");
    }

    [Fact]
    public void A_running_confirmation_run_doesnt_count_yet()
    {
        var groups = new Dictionary<int, IReadOnlyList<RunWithMetrics>>
        {
            [2] = [Run(RunState.Running, 0.99), Run(RunState.Succeeded, 0.8, repeat: 2)],
        };
        ConfirmationResult.Of(Study().Spec, Trials, groups).Points[0].Values.ShouldBe([new SeedValue(101, null), new SeedValue(102, 0.8)]);
    }

    private static ConfirmationResult Of(MetricGoal goal, params (int Trial, double?[] Values)[] groups) =>
        ConfirmationResult.Of(Study().Spec with { Metric = new MetricSpec("accuracy", goal) }, Trials, Groups(groups));

    private static Dictionary<int, IReadOnlyList<RunWithMetrics>> Groups((int Trial, double?[] Values)[] groups) =>
        groups.ToDictionary(group => group.Trial, group => Runs(group.Values));

    private static IReadOnlyList<RunWithMetrics> Runs(double?[] values) =>
        [.. values.Select((value, i) => Run(value is null ? RunState.Failed : RunState.Succeeded, value, repeat: i + 1))];

    private static TrialRecord At(int number, double value) =>
        Trial(number, $$"""{"lr":{{number}}e-3,"optimizer":"adam"}""", TrialState.Completed, value);
}
