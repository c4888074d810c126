using Tenfold.Numerics.Statistics.Robust;

namespace Tenfold.Numerics.Statistics;

/// <summary>Where the values of one side lie, by some statistic, in the metric's unit.</summary>
/// <param name="Statistic">The statistic.</param>
/// <param name="Value">Its value.</param>
/// <param name="Interval">
/// The interval of the true value; null when there are too few values for one, and when the values that count are all equal.
/// </param>
public sealed record CentralValue(LocationStatistic Statistic, double Value, Interval? Interval)
{
    /// <summary>Estimates the location of values.</summary>
    /// <param name="values">The values; at least one, all finite.</param>
    /// <param name="statistic">The statistic.</param>
    /// <param name="confidence">The confidence of the interval, above 0 and below 1; default 0.95.</param>
    /// <remarks>
    /// The intervals are Student's; Tukey and McLaughlin's; the exact interval of order statistics; and the symmetric bootstrap-t, with a
    /// fixed seed.
    /// </remarks>
    public static CentralValue Of(IReadOnlyList<double> values, LocationStatistic statistic, double confidence = 0.95)
    {
        var summary = Summary.Of(values, confidence);
        if (statistic == LocationStatistic.Mean) return new(statistic, summary.Mean, summary.Interval);
        if (values.Count == 1) return new(statistic, values[0], null);
        var exponent = Magnitude.ExponentOf(values);
        var scaled = Magnitude.Scaled(values, exponent);
        var (value, ends) = OfScaled(scaled, statistic, 1 - confidence);
        return new(statistic, Magnitude.Unscaled(value, exponent), ends is var (low, high)
            ? new(Magnitude.Unscaled(low, exponent), Magnitude.Unscaled(high, exponent)) : null);
    }

    private static (double Value, (double Low, double High)? Ends) OfScaled(double[] values, LocationStatistic statistic, double alpha)
    {
        if (statistic == LocationStatistic.Median)
        {
            double[] sorted = [.. values.Order()];
            return (OrderStatistics.Median(sorted), sorted[0] == sorted[^1] ? null : OrderStatistics.IntervalAt(sorted, alpha));
        }

        var share = statistic == LocationStatistic.Iqm ? TrimmedMoments.QuarterCut : TrimmedMoments.Cut;
        var test = TTest.Trimmed(TrimmedMoments.Of(values, share), null, 1);
        if (!test.HasSpread) return (test.Difference, null);
        return (test.Difference, statistic == LocationStatistic.Trimmed
            ? test.IntervalAt(alpha) : BootstrapTest.IntervalOf(values, share, alpha, 1));
    }
}
