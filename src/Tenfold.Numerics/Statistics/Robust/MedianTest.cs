using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics.Robust;

/// <summary>The sign test of the median difference of pairs, with its exact interval; nothing is assumed about the distribution.</summary>
/// <remarks>
/// Sources: W. R. Thompson, "On confidence ranges for the median", Ann. Math. Stat. 7 (1936); W. J. Dixon and A. M. Mood, "The statistical
/// sign test", J. Am. Stat. Assoc. 41 (1946). Ties count against either direction, so the test and the interval agree.
/// </remarks>
internal sealed class SignTest : DifferenceTest
{
    private readonly double[] _sorted;

    /// <summary>Makes the test of at least one difference.</summary>
    public SignTest(IEnumerable<double> differences)
    {
        _sorted = [.. differences.Order()];
        Difference = OrderStatistics.Median(_sorted);
    }

    /// <inheritdoc/>
    public override double Difference { get; }

    /// <inheritdoc/>
    public override bool HasSpread => _sorted[^1] - _sorted[0] > Magnitude.RoundingError;

    /// <inheritdoc/>
    public override TTest? Projection => null;

    /// <inheritdoc/>
    public override double PValue => Math.Min(1, 2 * Math.Min(PValueAbove(0), PValueBelow(0)));

    /// <inheritdoc/>
    public override double PValueAbove(double bound) => OrderStatistics.Tail(_sorted.Count(value => value <= bound), _sorted.Length);

    /// <inheritdoc/>
    public override double PValueBelow(double bound) => OrderStatistics.Tail(_sorted.Count(value => value >= bound), _sorted.Length);

    /// <inheritdoc/>
    public override (double Low, double High)? IntervalAt(double alpha) => OrderStatistics.IntervalAt(_sorted, alpha);
}

/// <summary>A test of the difference of two independent medians by their distribution-free standard errors.</summary>
/// <remarks>
/// Source: R. M. Price and D. G. Bonett, "Distribution-free confidence intervals for difference and ratio of medians", J. Stat. Comput.
/// Simul. 72 (2002), 119–124, equations 1 to 4.
/// </remarks>
internal sealed class MediansTest : DifferenceTest
{
    private readonly double _error;

    /// <summary>Makes the test of two samples of at least two values each.</summary>
    public MediansTest(double[] candidate, double[] baseline)
    {
        double[] first = [.. candidate.Order()], second = [.. baseline.Order()];
        Difference = OrderStatistics.Median(first) - OrderStatistics.Median(second);
        _error = Math.Sqrt(VarianceOf(first) + VarianceOf(second));
    }

    /// <inheritdoc/>
    public override double Difference { get; }

    /// <inheritdoc/>
    public override bool HasSpread => _error > Magnitude.RoundingError;

    /// <inheritdoc/>
    public override TTest? Projection => null;

    /// <inheritdoc/>
    public override double PValue => Math.Min(1, 2 * Normal.CDF(0, 1, -Math.Abs(Difference) / _error));

    /// <inheritdoc/>
    public override double PValueAbove(double bound) => Normal.CDF(0, 1, (bound - Difference) / _error);

    /// <inheritdoc/>
    public override double PValueBelow(double bound) => Normal.CDF(0, 1, (Difference - bound) / _error);

    /// <inheritdoc/>
    public override (double Low, double High)? IntervalAt(double alpha)
    {
        var margin = -Normal.InvCDF(0, 1, alpha / 2) * _error;
        return (Difference - margin, Difference + margin);
    }

    private static double VarianceOf(double[] sorted)
    {
        var n = sorted.Length;
        var c = Math.Max(1, (int)Math.Round((n + 1) / 2.0 - Math.Sqrt(n), MidpointRounding.ToEven));
        var z = -Normal.InvCDF(0, 1, OrderStatistics.Tail(c - 1, n));
        var error = (sorted[n - c] - sorted[c - 1]) / (2 * z);
        return error * error;
    }
}

/// <summary>What the ordered values of a sample say about its median.</summary>
internal static class OrderStatistics
{
    /// <summary>The median of sorted values.</summary>
    public static double Median(double[] sorted) => sorted[(sorted.Length - 1) / 2] / 2 + sorted[sorted.Length / 2] / 2;

    /// <summary>The chance of at most so many heads of n tosses of a coin.</summary>
    public static double Tail(int count, int n) => count < 0 ? 0 : count >= n ? 1 : Binomial.CDF(0.5, n, count);

    /// <summary>The exact interval of the median at confidence 1 − alpha or more; null for too few values.</summary>
    public static (double Low, double High)? IntervalAt(double[] sorted, double alpha)
    {
        var below = -1;
        while (2 * Tail(below + 1, sorted.Length) <= alpha) below++;
        return below < 0 ? null : (sorted[below], sorted[sorted.Length - 1 - below]);
    }
}
