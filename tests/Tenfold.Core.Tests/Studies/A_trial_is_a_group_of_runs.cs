using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

using static Tenfold.Core.Tests.Studies.SampleStudy;

namespace Tenfold.Core.Tests.Studies;

public sealed class A_trial_is_a_group_of_runs
{
    [Fact]
    public void The_group_takes_its_work_from_the_study()
    {
        var study = Study(spec => spec with { Repeat = 3, Parallel = 8 });
        var trial = TrialSuggester(study).Next([], Noon).Trial!;
        var (group, runs) = TrialGroups.OfTrial(study, trial);
        (group.Id, group.Root, group.Target, group.Repeat, group.BaseSeed, group.GitCommit, group.Like).ShouldBe(
            ("s7m2xqab-t1", "/p", "local", 3, trial.Seed, "abc", null));
        group.Spec.Snapshot.ShouldBe(study.Spec.Work!.Snapshot);
        group.Spec.Parallel.ShouldBe(8, "the limit holds for all trials of the study together");
        runs.Select(run => (run.Id, run.Group, run.Repeat, run.State, run.Attempt)).ShouldBe(
        [
            ("s7m2xqab-t1-1", "s7m2xqab-t1", 1, RunState.Queued, "s7m2xqab-t1-1-1"),
            ("s7m2xqab-t1-2", "s7m2xqab-t1", 2, RunState.Queued, "s7m2xqab-t1-2-1"),
            ("s7m2xqab-t1-3", "s7m2xqab-t1", 3, RunState.Queued, "s7m2xqab-t1-3-1"),
        ]);
    }

    [Fact]
    public void The_metrics_of_objectives_and_limits_decide_too()
    {
        MetricLimit.TryRead("latency_ms", "<= 20", out var limit).ShouldBeTrue();
        var study = Study(spec => spec with
        {
            Objectives = [spec.Metric, new MetricSpec("bytes", MetricGoal.Minimize)],
            Constraints = [limit],
        });
        TrialGroups.OfTrial(study, TrialSuggester(study).Next([], Noon).Trial!).Group.Spec.DecidingMetrics
            .ShouldBe([study.Spec.Metric.Name, "bytes", "latency_ms"]);
    }

    [Fact]
    public void Trials_whose_metric_lines_could_not_be_read_are_named()
    {
        var study = Study(spec => spec with { Confirm = new Confirmation(3, 10) });
        var asked = TrialSuggester(study).Next([], Noon).Trial!;
        TrialRecord[] trials =
        [
            asked with { Number = 1, State = TrialState.Completed, Values = [1] },
            asked with { Number = 2, State = TrialState.Completed, Values = [1] }, asked with { Number = 3, State = TrialState.Failed },
        ];
        RunRecord[] runs =
        [
            .. trials.SelectMany(trial => TrialGroups.OfTrial(study, trial).Runs)
                .Concat(TrialGroups.OfConfirmation(study, trials[0], Noon).Runs)
                .Select(run => run with { State = RunState.Succeeded, Warnings = [new Warning.MetricsNotUnderstood(1, "{")] }),
        ];
        TrialWarnings.LinesUnread(trials, runs).ShouldBe([1, 2]);
        TrialWarnings.LinesUnread(trials, runs.Where(run => run.Group.EndsWith("-t1", StringComparison.Ordinal))).ShouldBe([1]);
        TrialWarnings.LinesUnread(trials, runs.Select(run => run with { Warnings = [] })).ShouldBeEmpty();
    }

    [Theory]
    // The trial's parameters override the project's; inactive parameters keep the project's value.
    [InlineData("""{"lr":0.01,"optimizer":"sgd","momentum":0.9}""", """{"lr":0.01,"optimizer":"sgd","epochs":3,"momentum":0.9}""")]
    [InlineData("""{"lr":0.01,"optimizer":"adam"}""", """{"lr":0.01,"optimizer":"adam","epochs":3}""")]
    public void A_trials_parameters_override_the_projects(string settings, string merged) =>
        TrialGroups.OfTrial(Study(), Trial(1, settings)).Group.Spec.Parameters.GetRawText().ShouldBe(merged);

    [Fact]
    public void An_inactive_parameter_keeps_the_projects_value_or_is_left_out()
    {
        var parameters = Json(Parameters.From(
        [
            KeyValuePair.Create<string, ParameterValue>("lr", RequiredValue.Instance),
            KeyValuePair.Create<string, ParameterValue>("momentum", new NumberValue(0.5)),
            KeyValuePair.Create<string, ParameterValue>("nesterov", RequiredValue.Instance),
        ]).ToJson());
        var study = Study(spec => spec with { Work = spec.Work! with { Parameters = parameters } });
        TrialGroups.OfTrial(study, Trial(1, """{"lr":0.01,"optimizer":"adam"}""")).Group.Spec.Parameters.GetRawText()
            .ShouldBe("""{"lr":0.01,"momentum":0.5,"optimizer":"adam"}""");
    }

    [Theory]
    [InlineData("""{"lr":null,"optimizer":"adam"}""", """{"lr":null,"optimizer":"adam","epochs":3}""")]
    [InlineData("""{"lr":0.1,"optimizer":null,"epochs":null}""", """{"lr":0.1,"optimizer":null,"epochs":null}""")]
    public void Null_is_a_value_that_a_trial_may_choose(string settings, string merged) =>
        TrialGroups.OfTrial(Study(), Trial(1, settings)).Group.Spec.Parameters.GetRawText().ShouldBe(merged);

    [Fact]
    public void The_seeds_of_trials_and_confirmations_are_all_different()
    {
        var study = Study(spec => spec with { Trials = null, Repeat = 5, Confirm = new Confirmation(3, 10) });
        var trials = SuggestAll(TrialSuggester(study), 100, Completed);
        List<long> seeds = [.. trials.SelectMany(trial => TrialGroups.OfTrial(study, trial).Runs).Select(run => run.Seed)];
        seeds.AddRange(TrialGroups.OfConfirmation(study, trials[0], Noon).Runs.Select(run => run.Seed));
        seeds.Count.ShouldBe(510);
        seeds.ShouldBeUnique();
    }

    [Fact]
    public void Finalists_share_their_seeds_so_that_they_are_compared_in_pairs()
    {
        var study = Study(spec => spec with { Confirm = new Confirmation(2, 4), Parallel = 5 });
        var one = TrialGroups.OfConfirmation(study, Trial(3, """{"lr":0.01,"optimizer":"adam"}"""), Noon);
        var other = TrialGroups.OfConfirmation(study, Trial(8, """{"lr":0.02,"optimizer":"adam"}"""), Noon);
        (one.Group.Id, other.Group.Id, one.Group.Repeat).ShouldBe(("s7m2xqab-c3", "s7m2xqab-c8", 4));
        one.Runs.Select(run => run.Seed).ShouldBe(other.Runs.Select(run => run.Seed));
        one.Group.Spec.Parameters.GetRawText().ShouldBe("""{"lr":0.01,"optimizer":"adam","epochs":3}""");
        (one.Group.Spec.Parallel, other.Group.Spec.Parallel).ShouldBe((5, 5)); // the limit holds for all groups of the study together
    }

    [Fact]
    public void A_study_whose_trials_run_outside_Tenfold_has_no_groups() =>
        Should.Throw<InvalidOperationException>(() => TrialGroups.OfTrial(Study(spec => spec with { Work = null }), Trial(1, "{}")));
}
