using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Tests.Studies;

public sealed class Constraints_must_be_kept
{
    private static readonly MetricLimit AtMost = new("latency", 20, IsUpper: true), AtLeast = new("recall", 0.5, IsUpper: false);

    [Theory]
    [InlineData("<= 20", 20, true)]
    [InlineData(" >=0.5 ", 0.5, false)]
    [InlineData("<=-1e3", -1000, true)]
    public void Limits_are_read(string text, double limit, bool isUpper)
    {
        MetricLimit.TryRead("m", text, out var read).ShouldBeTrue();
        read.ShouldBe(new MetricLimit("m", limit, isUpper));
        MetricLimit.TryRead("m", read!.Text, out var again).ShouldBeTrue();
        again.ShouldBe(read);
    }

    [Theory]
    [InlineData("20")]
    [InlineData("< 20")]
    [InlineData("<=")]
    [InlineData("<= fast")]
    [InlineData("<= inf")]
    [InlineData("== 1")]
    [InlineData("")]
    public void Other_texts_are_no_limits(string text) => MetricLimit.TryRead("m", text, out _).ShouldBeFalse();

    [Fact]
    public void A_trial_counts_when_the_means_of_its_runs_keep_every_limit()
    {
        Outcome(Run(1, 0.9, 10, 0.7), Run(2, 0.8, 30, 0.6)).State.ShouldBe(TrialState.Completed);
        var broken = Outcome(Run(1, 0.9, 10, 0.7), Run(2, 0.8, 31, 0.6));
        (broken.State, broken.Why).ShouldBe((TrialState.Infeasible, new Reason.ConstraintBroken("latency", 20.5, 20, IsUpper: true)));
        broken.Values.ShouldBe([0.9, 0.8]);
        Outcome(Run(1, 0.9, 20, 0.4)).Why.ShouldBe(new Reason.ConstraintBroken("recall", 0.4, 0.5, IsUpper: false));
        Outcome(Run(1, 0.9, double.PositiveInfinity, 0.5)).State.ShouldBe(TrialState.Infeasible);
        Outcome(Run(1, 0.9, double.NaN, 0.5)).Why.ShouldBeOfType<Reason.MetricNotFinite>().Metric.ShouldBe("latency");
        var missing = Outcome(Run(1, 0.9, 20, null));
        (missing.State, missing.Why).ShouldBe((TrialState.Failed, new Reason.MetricMissing("recall")));
    }

    [Fact]
    public void A_trial_that_breaks_a_constraint_can_not_lead_and_does_not_look_like_a_broken_script()
    {
        var study = SampleStudy.Study(spec => spec with { Constraints = [AtMost] }, SampleStudy.Small);
        List<TrialRecord> trials =
        [
            .. Enumerable.Range(1, 5).Select(number => SampleStudy.Trial(number, Settings(number), TrialState.Infeasible, 0.9) with
            {
                Why = new Reason.ConstraintBroken("latency", 25, 20, IsUpper: true),
            }),
        ];
        FirstFailures.Of(study.Spec, trials).ShouldBeNull();
        SampleStudy.TrialSuggester(study).Finalists(trials, 3).ShouldBeEmpty();
        trials.Add(SampleStudy.Trial(6, Settings(6), TrialState.Completed, 0.1));
        SampleStudy.TrialSuggester(study).Finalists(trials, 3).ShouldHaveSingleItem().Trial.Number.ShouldBe(6);

        static string Settings(int number) => $$"""{"size":{{((number - 1) % 3) + 1}},"kind":"{{(number > 3 ? "a" : "b")}}"}""";
    }

    [Fact]
    public void A_finalist_that_breaks_a_constraint_with_fresh_seeds_can_not_win()
    {
        var spec = SampleStudy.Study(spec => spec with { Constraints = [AtMost], Confirm = new Confirmation(2, 2) }).Spec;
        List<TrialRecord> trials =
            [SampleStudy.Trial(1, "{}", TrialState.Completed, 0.9), SampleStudy.Trial(2, "{}", TrialState.Completed, 0.8)];
        var groups = new OrderedDictionary<int, IReadOnlyList<RunWithMetrics>>
        {
            [1] = [Run(1, 0.9, 30, 1), Run(2, 0.9, 15, 1)],
            [2] = [Run(1, 0.8, 10, 1), Run(2, 0.8, 15, 1)],
        };
        var confirmed = ConfirmationResult.Of(spec, trials, groups);
        confirmed.Winner!.Trial.Number.ShouldBe(2);
        confirmed.Points[0].Broken.ShouldBe(new Reason.ConstraintBroken("latency", 22.5, 20, IsUpper: true));
        groups[2] = [Run(1, 0.8, 30, 1), Run(2, 0.8, 30, 1)];
        ConfirmationResult.Of(spec, trials, groups).Winner.ShouldBeNull();
    }

    // The best point without the constraint breaks it, and the best one that keeps it lies at the edge.
    [Theory]
    [InlineData(SweepMethod.Auto)]
    [InlineData(SweepMethod.LogEI)]
    [InlineData(SweepMethod.Thompson)]
    public void The_search_finds_the_best_point_that_keeps_the_constraint(SweepMethod method)
    {
        var searched = Median(method);
        searched.ShouldBeLessThan(0.012);
        searched.ShouldBeLessThan(0.5 * Median(SweepMethod.Random));
    }

    private static double Median(SweepMethod method) => Enumerable.Range(1, 5).Select(seed => Regret(method, seed)).Order().ElementAt(2);

    private static double Regret(SweepMethod method, int seed)
    {
        var square = new OrderedDictionary<string, SearchDimension>
        {
            ["x"] = new RangeDimension { Min = 0, Max = 1, Whole = false },
            ["y"] = new RangeDimension { Min = 0, Max = 1, Whole = false },
        };
        var study = SampleStudy.Study(
            spec => spec with
            {
                Method = method,
                Seed = seed,
                Trials = 40,
                Metric = new MetricSpec("loss", MetricGoal.Minimize),
                Constraints = [new MetricLimit("latency", 65, IsUpper: true)],
            },
            square);
        var trials = SampleStudy.SuggestAll(SampleStudy.TrialSuggester(study), 40, trial =>
        {
            var (x, y) = (trial.Parameters.GetProperty("x").GetDouble(), trial.Parameters.GetProperty("y").GetDouble());
            var isKept = (100 * x) + (10 * y) <= 65;
            return trial with
            {
                State = isKept ? TrialState.Completed : TrialState.Infeasible,
                Values = [Math.Pow(x - 0.8, 2) + Math.Pow(y - 0.4, 2)],
                Why = isKept ? null : new Reason.ConstraintBroken("latency", (100 * x) + (10 * y), 65, IsUpper: true),
            };
        });
        return trials.Where(trial => trial.State == TrialState.Completed).Min(trial => trial.Value!.Value) - (0.19 * 0.19 / 1.01);
    }

    private static TrialTell Outcome(params RunWithMetrics[] runs) => TrialOutcome.Of(
        SampleStudy.Trial(1, "{}", TrialState.Running), ["accuracy"], runs, new HashSet<string>(), null, [AtMost, AtLeast])!;

    private static RunWithMetrics Run(int repeat, double accuracy, double latency, double? recall)
    {
        var run = SampleStudy.Run(RunState.Succeeded, accuracy, repeat: repeat);
        List<MetricSummary> metrics = [.. run.Metrics, run.Metrics[0] with { Name = "latency", Last = latency }];
        if (recall is { } value) metrics.Add(run.Metrics[0] with { Name = "recall", Last = value });
        return run with { Metrics = metrics };
    }
}
