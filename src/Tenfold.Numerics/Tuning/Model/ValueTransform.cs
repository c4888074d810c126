namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// Transforms observed values for the model: it compresses values below the median by a logarithm, and then standardises all values to mean
/// 0 and variance 1. The transform is smooth and strictly increasing.
/// </summary>
/// <remarks>
/// The search needs the shape of the function where it is good. Many objectives, losses above all, also have values that are a thousand
/// times worse, beside which all good values look equal. The logarithm leaves a range as wide as that of the better half nearly as it is,
/// and compresses a range ten times as wide to about twice that width.
/// </remarks>
/// <param name="Center">The compressed value that becomes 0.</param>
/// <param name="Spread">The difference of compressed values that becomes 1; above 0.</param>
/// <param name="Knee">Values below this are compressed.</param>
/// <param name="Width">The width below the knee that the logarithm leaves nearly as it is; above 0.</param>
/// <param name="Min">The worst observed value, transformed.</param>
internal sealed record ValueTransform(double Center, double Spread, double Knee, double Width, double Min)
{
    // Gauss–Hermite quadrature for a standard normal variable: five nodes integrate polynomials up to degree 9 exactly. Source: Abramowitz
    // and Stegun, "Handbook of mathematical functions", table 25.10.
    private static readonly (double Node, double Weight)[] Normal =
    [
        (-2.8569700138728056, 0.011257411327720688), (-1.355626179974266, 0.22207592200561263), (0, 0.53333333333333333),
        (1.355626179974266, 0.22207592200561263), (2.8569700138728056, 0.011257411327720688),
    ];

    /// <summary>Makes the transform of some rows; null when all their values are equal.</summary>
    public static ValueTransform? Of(IReadOnlyList<ModelRow> rows)
    {
        double[] sorted = [.. rows.Select(row => row.Value).Order()];
        if (sorted.Length == 0 || sorted[0] == sorted[^1]) return null;
        // When the better half is constant, use the range of all values as the width, which compresses little.
        var knee = sorted[(sorted.Length - 1) / 2];
        var width = knee < sorted[^1] ? sorted[^1] - knee : sorted[^1] - sorted[0];
        if (!double.IsFinite(sorted[^1] - sorted[0]) || width <= 0) return null;
        var compressed = new ValueTransform(0, 1, knee, width, 0);
        // Work with differences from the knee in units of the width, so that large offsets and extreme units don't cost precision.
        double[] values = [.. sorted.Select(value => (compressed.Apply(value) - knee) / width)];
        var center = values.Average();
        var spread = Math.Sqrt(values.Average(value => (value - center) * (value - center)));
        if (!(spread > 1e-12)) return null;
        return compressed with { Center = knee + (center * width), Spread = spread * width, Min = (values[0] - center) / spread };
    }

    /// <summary>The rows with the variances of their forecasts in the squared unit of the transformed values.</summary>
    public IReadOnlyList<ModelRow> Scaled(IReadOnlyList<ModelRow> rows)
    {
        if (rows.All(row => row.Variance == 0)) return rows;
        return [.. rows.Select(row => row with { Variance = row.Variance / Math.Pow(Slope(Apply(row.Value)), 2) })];
    }

    /// <summary>Transforms a value.</summary>
    public double Apply(double value)
    {
        var compressed = value < Knee ? Knee - (Width * Math.Log(1 + ((Knee - value) / Width))) : value;
        return (compressed - Center) / Spread;
    }

    /// <summary>The value, in its own unit, of a transformed value; never worse than the worst observed value.</summary>
    public double Invert(double scaled)
    {
        var value = Center + (Math.Max(scaled, Min) * Spread);
        return value < Knee ? Knee - (Width * (Math.Exp((Knee - value) / Width) - 1)) : value;
    }

    /// <summary>
    /// The derivative of <see cref="Invert"/>: a small difference of transformed values times this is a difference in their own unit.
    /// </summary>
    public double Slope(double scaled) => Spread * Math.Exp(Math.Max(0, Knee - (Center + (Math.Max(scaled, Min) * Spread))) / Width);

    /// <summary>
    /// The mean, in the values' own unit, of runs whose transformed values are normal; and its derivative by their mean. The mean of
    /// compressed values is not the compressed mean: without this, a loss with a long tail is expected to be better than it is on average.
    /// </summary>
    /// <param name="scaled">The mean of the transformed values.</param>
    /// <param name="noise">The variance of the transformed values of runs. At most the square of half the width counts.</param>
    public (double Value, double Slope) InvertMean(double scaled, double noise)
    {
        // A model that takes one huge value for noise would expect a part of it everywhere. The better half shows how much noise there is.
        var (value, slope, deviation) = (0.0, 0.0, Math.Min(Math.Sqrt(noise), Width / 2 / Spread));
        // Differences from the value without noise don't overflow or lose precision where values are large.
        var origin = Invert(scaled);
        foreach (var (node, weight) in Normal)
        {
            var at = scaled + (node * deviation);
            value += weight * (Invert(at) - origin);
            slope += weight * Slope(at);
        }

        return (origin + value, slope);
    }
}
