namespace Tenfold.Numerics.Statistics;

/// <summary>Brings values near 1 by a power of two, so that no square overflows or vanishes, whether of size 1e300 or 1e-300.</summary>
internal static class Magnitude
{
    /// <summary>Spread below this, among values scaled to at most 2, is the rounding of the values themselves.</summary>
    public const double Rounding = 16 * 2.220446049250313e-16;

    /// <summary>The exponent of the largest value; 0 when all are zero.</summary>
    public static int ExponentOf(IEnumerable<double> values)
    {
        var largest = values.Select(Math.Abs).DefaultIfEmpty().Max();
        return largest == 0 ? 0 : Math.ILogB(largest);
    }

    /// <summary>The values over 2^exponent; the largest is then from 1 to 2.</summary>
    public static double[] Scaled(IEnumerable<double> values, int exponent) => [.. values.Select(value => Math.ScaleB(value, -exponent))];

    /// <summary>A result back in the metric's unit. What a double can't hold stays at the largest it can: never infinite.</summary>
    public static double Unscaled(double value, int exponent) =>
        Math.Clamp(Math.ScaleB(value, exponent), double.MinValue, double.MaxValue);
}
