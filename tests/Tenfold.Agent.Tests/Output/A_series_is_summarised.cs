using Tenfold.Agent.Output;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Output;

public sealed class A_series_is_summarised
{
    [Fact]
    public void A_summary_has_count_first_last_smallest_and_largest()
    {
        var summary = Of([3, -1, double.NaN, 7, double.PositiveInfinity, 2]).Summary();
        (summary.Count, summary.NonFinite).ShouldBe((6, 2));
        (summary.First, summary.Last, summary.Min, summary.Max, summary.LastStep).ShouldBe((3, 2, -1, 7, 5));
        summary.Series.Select(point => point.Value).ShouldBe([3, -1, double.NaN, 7, double.PositiveInfinity, 2]);
    }

    [Fact]
    public void Without_a_finite_value_there_is_no_smallest()
    {
        var summary = Of([double.NaN, double.NegativeInfinity]).Summary();
        summary.Min.ShouldBe(double.NaN);
        summary.Max.ShouldBe(double.NaN);
        summary.First.ShouldBe(double.NaN);
        summary.Last.ShouldBe(double.NegativeInfinity);
    }

    [Fact]
    public void The_scripts_own_steps_are_used_and_others_are_counted()
    {
        var series = new MetricSeries("loss");
        series.Add(1, 100).ShouldBe(100);
        series.Add(2, null).ShouldBe(1);
        series.Add(3, 50).ShouldBe(50);
        series.Summary().Series.ShouldBe([new MetricPoint(100, 1), new MetricPoint(1, 2), new MetricPoint(50, 3)]);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(100_003)]
    public void A_summary_has_at_most_256_evenly_thinned_points_with_the_first_and_the_last(int count)
    {
        var points = Of(Enumerable.Range(0, count).Select(i => (double)i)).Summary().Series;
        points.Count.ShouldBeLessThanOrEqualTo(256);
        points.Count.ShouldBeGreaterThan(Math.Min(count, 256) / 2 - 1);
        points[0].ShouldBe(new MetricPoint(0, 0));
        points[^1].ShouldBe(new MetricPoint(count - 1, count - 1));
        var gaps = points.Zip(points.Skip(1), (a, b) => b.Step - a.Step).ToList();
        gaps.ShouldAllBe(gap => gap > 0);
        gaps[..^1].Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Ten_million_values_need_little_memory()
    {
        var series = new MetricSeries("loss");
        series.Add(0, null);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < 10_000_000; i++) series.Add(i, null);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000);
        var summary = series.Summary();
        summary.Count.ShouldBe(10_000_000);
        summary.Series[^1].ShouldBe(new MetricPoint(9_999_999, 9_999_999));
    }

    private static MetricSeries Of(IEnumerable<double> values)
    {
        var series = new MetricSeries("loss");
        foreach (var value in values) series.Add(value, null);
        return series;
    }
}
