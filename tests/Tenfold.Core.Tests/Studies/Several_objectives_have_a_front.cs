using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Core.Tests.Studies;

public sealed class Several_objectives_have_a_front
{
    private static readonly MetricSpec[] Objectives = [new("accuracy", MetricGoal.Maximize), new("latency", MetricGoal.Minimize)];

    private static readonly StudyRecord Study = SampleStudy.Study(
        spec => spec with { Objectives = Objectives, Trials = 30, Method = SweepMethod.Auto });

    [Fact]
    public void A_trial_counts_with_the_runs_that_have_every_objective()
    {
        var told = Outcome(Run(1, 0.9, 10), Run(2, 0.8, null), Run(3, 0.7, 30));
        (told.State, told.Why).ShouldBe(
            (TrialState.Completed, new Reason.RunsNotCounted(1, 3, new Reason.MetricMissing("latency"))));
        told.Values.ShouldBe([0.9, 0.7]);
        told.Others.ShouldHaveSingleItem().ShouldBe([10, 30]);
        (Outcome(Run(1, 0.9, null)) is { State: TrialState.Failed, Others.Count: 0, Why: Reason.MetricMissing { Metric: "latency" } })
            .ShouldBeTrue();
        Outcome(Run(1, 0.9, double.NaN)).Why.ShouldBeOfType<Reason.MetricNotFinite>().Metric.ShouldBe("latency");
        Outcome(Run(1, double.NaN, 10)).Why.ShouldBeOfType<Reason.MetricNotFinite>().Metric.ShouldBe("accuracy");
    }

    [Fact]
    public void A_constraint_may_limit_an_objective()
    {
        var limits = new[] { new MetricLimit("latency", 20, IsUpper: true) };
        Outcome(limits, Run(1, 0.9, 20)).State.ShouldBe(TrialState.Completed);
        var broken = Outcome(limits, Run(1, 0.9, 21));
        (broken.State, broken.Others.Count).ShouldBe((TrialState.Infeasible, 1));
    }

    [Fact]
    public void Only_completed_trials_that_no_other_beats_are_on_it()
    {
        TrialRecord[] trials =
        [
            Trial(1, 0.9, 10), Trial(2, 0.8, 5), Trial(3, 0.8, 6), Trial(4, 0.95, 50), Trial(5, 0.9, 10),
            Trial(6, 0.99, 1) with { State = TrialState.Infeasible }, SampleStudy.Trial(7, Settings(7), TrialState.Running),
        ];
        StudyFront.Of(Study.Spec, trials).Select(trial => trial.Number).ShouldBe([4, 1, 5, 2]);
        StudyFront.Of(SampleStudy.Study().Spec, trials).ShouldBeEmpty("one metric decides");
        SampleStudy.TrialSuggester(Study).Finalists(trials, 3).ShouldBeEmpty("no trial is the best");
    }

    [Fact]
    public void A_suggestion_depends_on_the_trials_alone()
    {
        var trials = Search(Study, 20);
        var next = SampleStudy.TrialSuggester(Study).Next(trials, SampleStudy.Noon).Trial!;
        // Another process sees the same record.
        SampleStudy.TrialSuggester(Study).Next(trials, SampleStudy.Noon).Trial!.Parameters.GetRawText()
            .ShouldBe(next.Parameters.GetRawText());
        var weighed = next.Reason.ShouldBeOfType<Reason.ObjectivesWeighed>();
        Objectives.Select(objective => objective.Name).ShouldContain(weighed.Metric);
        weighed.Weight.ShouldBeInRange(0.5, 1);
    }

    [Fact]
    public void A_search_finds_points_along_the_front_and_at_both_of_its_ends()
    {
        var trials = Search(Study, 30);
        // The front is adam with rates from 1e-3, the fastest, to 1e-2, the most accurate.
        var rates = StudyFront.Of(Study.Spec, trials).Select(trial => trial.Parameters.GetProperty("lr").GetDouble()).ToList();
        rates.Count.ShouldBeGreaterThan(6);
        rates.Count(rate => rate is > 0.9e-3 and < 1.1e-2).ShouldBeGreaterThan(6);
        (rates.Min() < 1.5e-3 && rates.Max() > 7e-3).ShouldBeTrue();
    }

    [Fact]
    public void Failed_and_infeasible_trials_count_as_failures()
    {
        TrialRecord[] trials =
        [
            Trial(1, 0.9, 10), Trial(2, 0.8, 5), SampleStudy.Trial(3, Settings(3), TrialState.Failed),
            Trial(4, 0.99, 1) with { State = TrialState.Infeasible },
        ];
        var seen = new StudyHistory(Study.Spec, SampleStudy.SpaceOf(Study)).Observations(trials);
        seen.Select(one => double.IsNaN(one.Value)).ShouldBe([false, false, true, true]);
    }

    [Fact]
    public void An_earlier_study_is_shifted_in_each_objective_and_its_front_is_tried_again()
    {
        var study = SampleStudy.Study(spec => spec with
        {
            Objectives = Objectives,
            From = "zzzzzzzz",
            Earlier = [Earlier(1, 0.9, 10), Earlier(2, 0.8, 5), Earlier(3, 0.7, 6)],
        });
        var suggester = SampleStudy.TrialSuggester(study);
        var first = suggester.Next([], SampleStudy.Noon).Trial!;
        (first.Method, first.Reason).ShouldBe(("start", new Reason.BestOfEarlierStudy("zzzzzzzz", 1)));
        // Both objectives are worse today, by 0.1 and by 10; so this front is the earlier one, shifted.
        var history = new StudyHistory(study.Spec, SampleStudy.SpaceOf(study));
        var before = history.Observations([]).Select(one => one.Value).ToList();
        TrialRecord[] again = [Trial(1, 0.8, 20), Trial(2, 0.7, 15) with { Number = 2 }];
        var shifted = SampleStudy.Study(
            _ => study.Spec with { Earlier = [Earlier(1, 0.8, 20), Earlier(2, 0.7, 15), Earlier(3, 0.6, 16)] });
        var seen = history.Observations(again);
        seen.Select(one => one.Trial).ShouldBe([0, 1, 2], "the first two were measured again");
        var expected = new StudyHistory(shifted.Spec, SampleStudy.SpaceOf(study)).Observations(again);
        for (var i = 0; i < seen.Count; i++) seen[i].Value.ShouldBe(expected[i].Value, 1e-12);
        before.Count.ShouldBe(3);
        suggester.Next([first with { State = TrialState.Completed, Values = [0.8], Others = [[20]] }], SampleStudy.Noon)
            .Trial!.Reason.ShouldBe(new Reason.BestOfEarlierStudy("zzzzzzzz", 2));
        suggester.Next(again, SampleStudy.Noon).Trial!.Method.ShouldBe("sobol", "the third is not on the front");
    }

    // The accuracy is best at a rate of 1e-2, and the latency at 1e-3; each is worse with sgd.
    private static List<TrialRecord> Search(StudyRecord study, int count) => SampleStudy.SuggestAll(
        SampleStudy.TrialSuggester(study), count, trial =>
        {
            var rate = Math.Log10(trial.Parameters.GetProperty("lr").GetDouble());
            var worse = trial.Parameters.GetProperty("optimizer").GetString() == "sgd" ? 0.5 : 0;
            return trial with
            {
                State = TrialState.Completed,
                Values = [1 - worse - Math.Pow(rate + 2, 2)],
                Others = [[10 + (100 * worse) + (50 * Math.Pow(rate + 3, 2))]],
            };
        });

    private static TrialRecord Trial(int number, double accuracy, double latency) =>
        SampleStudy.Trial(number, Settings(number), TrialState.Completed, accuracy) with { Others = [[latency]] };

    private static EarlierTrial Earlier(int number, double accuracy, double latency) =>
        new(number, SampleStudy.Json(Settings(number)), [accuracy]) { Others = [[latency]] };

    private static string Settings(int number) => $$"""{"lr":0.00{{number}},"optimizer":"adam"}""";

    private static TrialTell Outcome(params RunWithMetrics[] runs) => Outcome([], runs);

    private static TrialTell Outcome(MetricLimit[] limits, params RunWithMetrics[] runs) => TrialOutcome.Of(
        SampleStudy.Trial(1, "{}", TrialState.Running), ["accuracy", "latency"], runs, new HashSet<string>(), null, limits)!;

    private static RunWithMetrics Run(int repeat, double accuracy, double? latency)
    {
        var run = SampleStudy.Run(RunState.Succeeded, accuracy, repeat: repeat);
        return latency is not { } value ? run
            : run with { Metrics = [.. run.Metrics, run.Metrics[0] with { Name = "latency", Last = value }] };
    }
}
