using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Tests.Results;

public sealed class A_group_has_statistics_and_notes
{
    private static readonly GroupRecord Group = Example.Group("aaaaaaaa", Example.Accuracy);

    [Fact]
    public void Only_finite_last_values_of_succeeded_runs_count()
    {
        IReadOnlyList<RunWithMetrics> runs =
        [
            Example.Run(Group, 1, 0.9),
            Example.Run(Group, 2, 0.8, RunState.Failed),
            Example.Run(Group, 3, double.NaN),
            Example.Run(Group, 4, null),
            Example.Run(Group, 5, 0.7, RunState.Running),
        ];
        var statistics = GroupStatistics.Of(Example.Accuracy, runs);
        statistics.Values.Select(value => value.Value).ShouldBe([0.9, null, null, null, null]);
        statistics.Values.Select(value => value.Seed).ShouldBe([1, 2, 3, 4, 5]);
        statistics.Summary!.N.ShouldBe(1);
        runs.Select(run => RunValue.Of(run, "accuracy").Missing).ShouldBe(
            [null, MissingValue.Failed, MissingValue.NotFinite, MissingValue.NotReported, MissingValue.StillRunning]);
    }

    [Fact]
    public void Each_doubt_is_a_note_with_its_data()
    {
        var statistics = GroupStatistics.Of(Example.Accuracy,
        [
            Example.Run(Group, 1, 0.9),
            Example.Run(Group, 2, 0.9),
            Example.Run(Group, 3, 0.9, RunState.Failed),
            Example.Run(Group, 4, 0.9, RunState.Cancelled),
            Example.Run(Group, 5, null, RunState.Queued),
            Example.Run(Group, 6, null),
            Example.Run(Group, 7, double.NaN),
            Example.Run(Group, 8, double.NegativeInfinity),
            Example.Run(Group, 9, double.NaN),
        ]);
        statistics.Notes.Select(note => note.Code).ShouldBe(
            ["runs-failed", "runs-unfinished", "metric-missing", "metric-not-finite", "metric-not-finite", "few-values", "equal-values"]);
        statistics.Notes[0].ShouldBe(new Note.RunsFailed(1, 1, 9));
        statistics.Notes[1].ShouldBe(new Note.RunsUnfinished(1, 9));
        var missing = statistics.Notes[2].ShouldBeOfType<Note.MetricMissing>();
        missing.Runs.ShouldBe(["aaaaaaaa-6"]);
        missing.Reported.ShouldBe(["loss"]);
        statistics.Notes[3].ShouldBeOfType<Note.MetricNotFinite>().Runs.ShouldBe(["aaaaaaaa-7", "aaaaaaaa-9"]);
        statistics.Notes[4].ShouldBeOfType<Note.MetricNotFinite>().Value.ShouldBe(double.NegativeInfinity);
        statistics.Notes[5].ShouldBe(new Note.FewValues(2));
        statistics.Notes[6].ShouldBe(new Note.EqualValues(2));
    }

    [Fact]
    public void Runs_whose_metric_lines_could_not_be_read_are_named()
    {
        var read = Example.Run(Group, 1, 0.9);
        var unread = Example.Run(Group, 2, 0.8);
        unread = unread with { Run = unread.Run with { Warnings = [new Warning.MetricsNotUnderstood(1, "{")] } };
        var note = GroupStatistics.Of(Example.Accuracy, [read, unread]).Notes.OfType<Note.MetricLinesUnread>().ShouldHaveSingleItem();
        (note.Metric, note.Runs.ShouldHaveSingleItem()).ShouldBe(("accuracy", unread.Run.Id));
    }

    [Fact]
    public void Runs_whose_last_value_is_of_an_earlier_step_are_named()
    {
        RunWithMetrics[] runs = [.. Enumerable.Range(1, 4).Select(i => EndingAt(Example.Run(Group, i, i / 10.0), i == 2 ? 3 : 10))];
        var note = GroupStatistics.Of(Example.Accuracy, runs).Notes.OfType<Note.StepsDiffer>().ShouldHaveSingleItem();
        (note.Metric, note.FirstStep, note.LastStep, note.Runs.ShouldHaveSingleItem()).ShouldBe(("accuracy", 3, 10, runs[1].Run.Id));
        // The step of another metric, of a run that early stopping ended, and of a run without a value that counts say nothing.
        RunWithMetrics[] fine =
        [
            runs[0], runs[2], EndingAt(runs[3], 12, "loss"),
            runs[1] with { Run = runs[1].Run with { Reason = new Reason.EarlyStopped("accuracy", 0.2, 3) } },
            EndingAt(Example.Run(Group, 5, double.NaN), 4), EndingAt(Example.Run(Group, 6, 0.5, RunState.Failed), 4),
        ];
        GroupStatistics.Of(Example.Accuracy, fine).Notes.OfType<Note.StepsDiffer>().ShouldBeEmpty();

        static RunWithMetrics EndingAt(RunWithMetrics run, long step, string name = "accuracy") => run with
        {
            Metrics = [.. run.Metrics.Select(metric => metric.Name == name ? metric with { LastStep = step } : metric)],
        };
    }

    [Theory]
    [InlineData(new[] { 1, 1, 1, 2, 20 }, true)]
    [InlineData(new[] { 20, 20, 20, 19, 1 }, true)]
    [InlineData(new[] { 1, 2, 3, 4, 5 }, false)]
    [InlineData(new[] { 1, 1, 1, 2, 20, 1, 1, 2, 1, 1 }, false)]
    public void A_few_skewed_values_are_noted(int[] values, bool noted) =>
        GroupStatistics.Of(Example.Accuracy, [.. values.Select((value, i) => Example.Run(Group, i + 1, value))]).Notes
            .OfType<Note.SkewedValues>().ShouldBe(noted ? [new Note.SkewedValues(5)] : []);

    [Fact]
    public void Ten_different_values_need_no_note() =>
        GroupStatistics.Of(Example.Accuracy, Example.Runs(Group, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).Runs).Notes.ShouldBeEmpty();

    [Fact]
    public void A_group_without_any_value_has_no_summary() =>
        GroupStatistics.Of(Example.Accuracy, Example.Runs(Group, null, double.NaN).Runs).Summary.ShouldBeNull();
}
