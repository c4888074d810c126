using Tenfold.Numerics.Statistics;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class SummaryTests
{
    [Fact]
    public void Every_number_agrees_with_SciPy()
    {
        foreach (var one in SciPyReference.Cases("summaries"))
        {
            var values = one.Numbers("values");
            var scale = values.Max(Math.Abs);
            var summary = Summary.Of(values, one.Number("confidence"));
            summary.N.ShouldBe(values.Length);
            summary.Values.ShouldBe(values);
            summary.Mean.ShouldMatch(one.Number("mean"), scale);
            summary.StandardDeviation.ShouldMatch(one.Number("deviation"));
            summary.Interval.ShouldNotBeNull().Low.ShouldMatch(one.Number("low"), scale);
            summary.Interval.High.ShouldMatch(one.Number("high"), scale);
            summary.IsSkewed.ShouldBe(one.GetProperty("skewed").GetBoolean());
            summary.Median.ShouldMatch(one.Number("median"), scale);
            (summary.Min, summary.Max).ShouldBe((values.Min(), values.Max()));
        }
    }

    [Fact]
    public void One_value_has_no_spread_and_no_interval()
    {
        var summary = Summary.Of([0.9]);
        (summary.N, summary.Mean, summary.Median, summary.Min, summary.Max).ShouldBe((1, 0.9, 0.9, 0.9, 0.9));
        summary.StandardDeviation.ShouldBeNull();
        summary.Interval.ShouldBeNull();
    }

    [Fact]
    public void Equal_values_give_exactly_that_value_no_spread_and_no_interval()
    {
        var summary = Summary.Of([.. Enumerable.Repeat(0.1, 10)]);
        summary.Mean.ShouldBe(0.1);
        summary.StandardDeviation.ShouldBe(0);
        summary.Interval.ShouldBeNull();
        foreach (var statistic in Enum.GetValues<LocationStatistic>())
            CentralValue.Of(summary.Values, statistic).ShouldBe(new CentralValue(statistic, 0.1, null));
    }

    [Fact]
    public void A_small_spread_around_a_large_offset_is_accurate() =>
        Summary.Of([1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4]).StandardDeviation.ShouldMatch(Math.Sqrt(5.0 / 3));

    [Theory]
    [InlineData(1e300)]
    [InlineData(1e-300)]
    [InlineData(double.MaxValue / 4)]
    [InlineData(1e-315)]
    public void Huge_and_tiny_values_are_accurate(double unit)
    {
        var summary = Summary.Of([1 * unit, 2 * unit, 4 * unit]);
        // 1e-315 is subnormal and has nine bits less precision.
        var tolerance = unit < 1e-307 ? 1e-8 : 1e-12;
        (summary.Mean / unit).ShouldBe(7.0 / 3, tolerance);
        (summary.StandardDeviation!.Value / unit).ShouldBe(Math.Sqrt(7.0 / 3), tolerance);
        summary.Median.ShouldBe(2 * unit);
    }

    [Fact]
    public void Overflowing_results_are_clamped()
    {
        var summary = Summary.Of([double.MaxValue, -double.MaxValue]);
        summary.Mean.ShouldBe(0);
        summary.Median.ShouldBe(0);
        summary.StandardDeviation.ShouldBe(double.MaxValue);
        summary.Interval.ShouldBe(new Interval(double.MinValue, double.MaxValue));
        Summary.Of([double.MaxValue, double.MaxValue / 2]).Median.ShouldBe(double.MaxValue / 4 * 3);
    }

    [Fact]
    public void A_summary_copies_its_values()
    {
        var values = new List<double> { 1, 2 };
        var summary = Summary.Of(values);
        values.Add(3);
        summary.Values.Count.ShouldBe(2);
    }

    [Fact]
    public void An_empty_list_is_rejected() => Should.Throw<ArgumentException>(() => Summary.Of([])).Message.ShouldContain("no value");

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Non_finite_values_are_rejected(double value) =>
        Should.Throw<ArgumentException>(() => Summary.Of([1, value])).Message.ShouldContain("finite");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(95)]
    [InlineData(double.NaN)]
    public void A_confidence_outside_0_to_1_is_rejected(double confidence) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Summary.Of([1, 2], confidence));
}
