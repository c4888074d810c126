using Tenfold.Core.Runs;

namespace Tenfold.Core.Tests.Runs;

public sealed class Attempts_of_a_run_make_one_curve
{
    [Fact]
    public void A_later_attempt_continues_it()
    {
        var joined = Join(Of(0, 9, 8, 7), Of(3, 6, 5));
        joined.Series.ShouldBe(Points(0, 9, 8, 7, 6, 5));
        (joined.First, joined.Last, joined.Min, joined.Max, joined.Count, joined.LastStep).ShouldBe((9, 5, 5, 9, 5, 4));
        joined.Resumes.ShouldBe([3]);
    }

    [Fact]
    public void A_later_attempt_without_a_value_leaves_it_as_it_is()
    {
        var joined = JoinedMetrics.Join([(null, [Of(0, 9, 8)]), (true, [])]).ShouldHaveSingleItem();
        (joined.Last, joined.Count).ShouldBe((8, 2));
        joined.Resumes.ShouldBeEmpty();
    }

    [Fact]
    public void A_part_that_was_read_from_a_log_afterwards_marks_the_whole()
    {
        Join(Of(0, 9, 8) with { Pattern = "loss (.+)" }, Of(2, 7)).Pattern.ShouldBe("loss (.+)");
        Join(Of(0, 9, 8), Of(2, 7)).Pattern.ShouldBeNull();
    }

    [Theory]
    [InlineData(2, 70)] // the step of the checkpoint is done again
    [InlineData(1, 80)]
    public void Steps_that_overlap_are_those_of_the_later_attempt(int from, double first)
    {
        var joined = Join(Of(0, 9, 8, 7, 6), Of(from, first, 60, 50));
        joined.Series[from].ShouldBe(new MetricPoint(from, first));
        joined.Series.Select(point => point.Step).ShouldBe(Enumerable.Range(0, from + 3).Select(step => (long)step));
        joined.Count.ShouldBe(from + 3);
    }

    [Fact]
    public void A_value_that_was_lost_with_the_work_after_the_checkpoint_is_no_longest_and_no_best()
    {
        var joined = Join(Of(0, 5, 4, 100), Of(2, 3));
        (joined.Max, joined.Min, joined.Last, joined.LastStep).ShouldBe((5, 3, 3, 2));
    }

    [Fact]
    public void An_attempt_that_begins_at_the_first_step_replaces_it()
    {
        var joined = Join(Of(0, 9, 8), Of(0, 7));
        joined.Series.ShouldBe(Points(0, 7));
        joined.Resumes.ShouldBeEmpty();
    }

    [Fact]
    public void An_attempt_that_started_anew_has_nothing_of_those_before()
    {
        JoinedMetrics.Join([(null, [Of(0, 9, 8)]), (false, [])]).ShouldBeEmpty();
        JoinedMetrics.Join([(null, [Of(0, 9, 8)]), (false, []), (true, [Of(1, 7)])]).ShouldHaveSingleItem().Count.ShouldBe(1);
    }

    [Fact]
    public void Three_attempts_are_joined_and_every_resume_is_marked()
    {
        var joined = JoinedMetrics.Join([(null, [Of(0, 9, 8, 7)]), (true, [Of(2, 6, 5)]), (null, [Of(3, 4)])]).ShouldHaveSingleItem();
        joined.Series.ShouldBe(Points(0, 9, 8, 6, 4));
        joined.Resumes.ShouldBe([2, 3]);
    }

    [Fact]
    public void A_resume_that_a_later_attempt_went_back_behind_is_no_longer_there()
    {
        var joined = JoinedMetrics.Join([(null, [Of(0, 9, 8, 7)]), (true, [Of(3, 6)]), (true, [Of(1, 5)])]).ShouldHaveSingleItem();
        joined.Series.ShouldBe(Points(0, 9, 5));
        joined.Resumes.ShouldBe([1]);
    }

    [Fact]
    public void Values_that_are_not_finite_are_no_extremes()
    {
        var joined = Join(Of(0, 9, double.NaN, 1), Of(2, double.PositiveInfinity, 3));
        (joined.Min, joined.Max, joined.NonFinite, joined.Count).ShouldBe((3, 9, 2, 4));
    }

    [Fact]
    public void A_long_curve_keeps_its_first_and_last_point_and_no_more_than_a_summary_may_have()
    {
        var joined = Join(
            Of(0, [.. Enumerable.Range(0, 256).Select(i => (double)i)]), Of(256, [.. Enumerable.Range(0, 255).Select(i => -1.0 - i)]));
        joined.Series.Count.ShouldBeLessThanOrEqualTo(JoinedMetrics.MaxPoints);
        (joined.Series[0], joined.Series[^1]).ShouldBe((new MetricPoint(0, 0), new MetricPoint(510, -255)));
        joined.Count.ShouldBe(511);
    }

    [Fact]
    public void Metrics_are_joined_by_name()
    {
        var joined = JoinedMetrics.Join([(null, [Of(0, "loss", 2), Of(0, "accuracy", 1)]), (true, [Of(1, "loss", 1)])]);
        joined.Select(metric => (metric.Name, metric.Last)).ShouldBe([("accuracy", 1), ("loss", 1)]);
    }

    private static MetricSummary Join(MetricSummary first, MetricSummary second) =>
        JoinedMetrics.Join([(null, [first]), (true, [second])]).ShouldHaveSingleItem();

    private static List<MetricPoint> Points(long from, params double[] values) =>
        [.. values.Select((value, i) => new MetricPoint(from + i, value))];

    private static MetricSummary Of(long from, params double[] values) => Of(from, "loss", values);

    private static MetricSummary Of(long from, string name, params double[] values) => new()
    {
        Name = name,
        Count = values.Length,
        NonFinite = values.Count(value => !double.IsFinite(value)),
        First = values[0],
        Last = values[^1],
        Min = values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min(),
        Max = values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max(),
        LastStep = from + values.Length - 1,
        Series = Points(from, values),
    };
}
