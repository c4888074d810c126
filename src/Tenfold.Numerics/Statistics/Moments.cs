using System.Runtime.InteropServices;

namespace Tenfold.Numerics.Statistics;

/// <summary>Count, mean and sample variance (over n − 1; zero when n is 1).</summary>
/// <remarks>
/// The corrected two-pass algorithm: Chan, Golub and LeVeque, "Algorithms for computing the sample variance", Am. Stat. 37 (1983),
/// equation 1.7. When all values are equal, the mean is exactly that value and the variance is exactly zero.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Moments(int Count, double Mean, double Variance)
{
    public static Moments Of(ReadOnlySpan<double> values)
    {
        double sum = 0, low = values[0], high = values[0];
        foreach (var value in values)
        {
            sum += value;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (low == high) return new(values.Length, low, 0);
        var mean = sum / values.Length;
        double squares = 0, residual = 0;
        foreach (var value in values)
        {
            var deviation = value - mean;
            squares += deviation * deviation;
            residual += deviation;
        }

        var variance = (squares - residual * residual / values.Length) / (values.Length - 1);
        return new(values.Length, Math.Clamp(mean + residual / values.Length, low, high), variance);
    }
}
