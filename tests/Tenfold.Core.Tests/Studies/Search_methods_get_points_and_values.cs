using System.Text.Json;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;

using static Tenfold.Core.Tests.Studies.SampleStudy;

namespace Tenfold.Core.Tests.Studies;

public sealed class Search_methods_get_points_and_values
{
    private static readonly TrialRecord[] Trials =
    [
        At(1, TrialState.Completed, 0.5, 0.7),
        At(2, TrialState.Failed),
        At(3, TrialState.Running),
        At(4, TrialState.Pruned),
        At(5, TrialState.Cancelled),
        At(6, TrialState.Lost),
        At(7, TrialState.Running),
        At(8, TrialState.Completed, 0.9),
    ];

    [Theory]
    [InlineData(MetricGoal.Maximize, 1)]
    [InlineData(MetricGoal.Minimize, -1)]
    public void Values_are_turned_so_that_larger_is_better_and_a_failure_is_NaN(MetricGoal goal, double sign)
    {
        var history = History(goal);
        var seen = history.Of(Trials).Observations;
        seen.Select(one => (one.Trial, one.Count)).ShouldBe([(1, 2), (2, 1), (8, 1)]);
        seen.Select(one => one.Value).ShouldBe([sign * 0.6, double.NaN, sign * 0.9]);
        history.InUnit(sign * 0.6).ShouldBe(0.6);
    }

    [Fact]
    public void Running_pruned_and_lost_trials_are_listed_apart()
    {
        var seen = History().Of(Trials);
        seen.Running.ShouldBe([Point(3), Point(7)]);
        seen.Pruned.ShouldBe([Point(4)]);
        seen.Ended.ShouldBe([Point(5), Point(6)], "nothing is known about cancelled and lost trials");
        (seen.Number, seen.Seed, seen.Parallel, seen.Trials).ShouldBe((9, 7, 4, 20));
    }

    [Fact]
    public void A_pruned_trial_is_no_observation_even_with_the_value_of_one_repeat()
    {
        // The model learns from full-length results only.
        var seen = History().Of([At(1, TrialState.Pruned, 0.4)]);
        seen.Observations.ShouldBeEmpty();
        seen.Pruned.Count.ShouldBe(1);
    }

    [Fact]
    public void A_cost_aware_study_tells_the_durations_of_whole_trials()
    {
        TrialRecord[] trials =
        [
            .. new[] { At(1, TrialState.Completed, 0.5), At(2, TrialState.Failed), At(3, TrialState.Pruned), At(4, TrialState.Infeasible) }
                .Select(trial => trial with { AskedAt = Noon, EndedAt = Noon.AddMinutes(trial.Number) }),
            At(5, TrialState.Running),
        ];
        var seen = History(spec => spec with { CostAware = true }).Of(trials);
        seen.Durations.Select(one => (one.Trial, one.Seconds)).ShouldBe([(1, 60), (4, 240)]);
        seen.Durations[1].Point.ShouldBe(Point(4));
        seen.DurationWeight.ShouldBe(0.75, "5 of 20 trials were asked");
        // The trials took 10 minutes together, and 4 run at once.
        var limited = History(spec => spec with { CostAware = true, Budget = new Budget(TimeSpan.FromMinutes(5)) });
        limited.Of(trials).DurationWeight.ShouldBe(0.5, 1e-9);
        limited.Of([.. trials.Select(trial => trial with { AskedAt = Noon.AddDays(-1) })]).DurationWeight.ShouldBe(0);
        var unaware = History().Of(trials);
        (unaware.Durations.Count, unaware.DurationWeight).ShouldBe((0, 0));
    }

    [Fact]
    public void The_order_of_the_trials_doesnt_matter()
    {
        var (one, other) = (History().Of(Trials), History().Of([.. Trials.Reverse()]));
        other.Observations.Select(o => (o.Trial, o.Value)).ShouldBe(one.Observations.Select(o => (o.Trial, o.Value)));
        other.Running.ShouldBe(one.Running);
        other.Ended.ShouldBe(one.Ended);
        other.Pruned.ShouldBe(one.Pruned);
    }

    [Fact]
    public void Settings_from_another_space_are_reported_as_damage() =>
        Should.Throw<JsonException>(() => History().Of([Trial(3, """{"lr":7,"optimizer":"adam"}""")])).Message.ShouldContain("trial 3");

    private static StudyHistory History(MetricGoal goal = MetricGoal.Maximize) =>
        History(spec => spec with { Metric = new MetricSpec("accuracy", goal) });

    private static StudyHistory History(Func<StudySpec, StudySpec> change)
    {
        var study = Study(spec => change(spec with { Parallel = 4 }));
        return new StudyHistory(study.Spec, SpaceOf(study));
    }

    private static TrialRecord At(int number, TrialState state, params double[] values) =>
        Trial(number, $$"""{"lr":{{number}}e-3,"optimizer":"adam"}""", state, values);

    private static double[] Point(int number) => History().PointOf(At(number, TrialState.Running));
}
