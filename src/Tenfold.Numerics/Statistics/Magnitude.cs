namespace Tenfold.Numerics.Statistics;

/// <summary>
/// Scales values to about 1 by a power of two, so that squares of values such as 1e300 or 1e-300 don't overflow or underflow.
/// </summary>
internal static class Magnitude
{
    /// <summary>
    /// A standard deviation up to this, among values scaled to at most 2, is only rounding error. A decimal number is rounded by at most
    /// half a unit in the last place, so the difference of two by at most one unit, 2.2e-16.
    /// </summary>
    public const double RoundingError = 2 * 2.220446049250313e-16;

    /// <summary>The binary exponent of the largest absolute value; 0 when all values are zero.</summary>
    public static int ExponentOf(IEnumerable<double> values)
    {
        var largest = values.Select(Math.Abs).DefaultIfEmpty().Max();
        return largest == 0 ? 0 : Math.ILogB(largest);
    }

    /// <summary>The values divided by 2^exponent; the largest absolute value is then from 1 to 2.</summary>
    public static double[] Scaled(IEnumerable<double> values, int exponent) => [.. values.Select(value => Math.ScaleB(value, -exponent))];

    /// <summary>
    /// The values minus one of the first group's. What values of a large offset differ by is not lost in the sums then: a subtraction of
    /// numbers within a factor of two is exact (Sterbenz).
    /// </summary>
    public static (double[] First, double[] Second) Centred(double[] first, double[] second) =>
        ([.. first.Select(value => value - first[0])], [.. second.Select(value => value - first[0])]);

    /// <summary>A scaled result in the metric's unit, clamped to the finite range of a double.</summary>
    public static double Unscaled(double value, int exponent) =>
        Math.Clamp(Math.ScaleB(value, exponent), double.MinValue, double.MaxValue);
}
