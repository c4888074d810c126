namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// How observed values become those that the model sees: what is worse than the median is drawn in by a logarithm, then all have mean 0 and
/// variance 1.
/// </summary>
/// <remarks>
/// What matters is the shape of the function where it is good. Many functions, losses above all, fall to values a thousand times worse,
/// which would make all good ones look the same; after the logarithm, a range as wide as that of the better half counts in full, and ten
/// times as much counts about twice. The scale is smooth and strictly increasing.
/// </remarks>
/// <param name="Center">The drawn-in value that becomes 0.</param>
/// <param name="Spread">The difference that becomes 1; above 0.</param>
/// <param name="Knee">What is worse is drawn in.</param>
/// <param name="Width">The range that the logarithm leaves about as it is; above 0.</param>
/// <param name="Least">The worst value that was seen, scaled.</param>
internal sealed record ValueTransform(double Center, double Spread, double Knee, double Width, double Least)
{
    /// <summary>The scale of some values; null when they are all the same.</summary>
    public static ValueTransform? Of(IReadOnlyList<ModelRow> rows)
    {
        double[] sorted = [.. rows.Select(row => row.Value).Order()];
        if (sorted.Length == 0 || sorted[0] == sorted[^1]) return null;
        // With the better half all equal nothing is known of its range: then that of all serves, and nothing is drawn in much.
        var knee = sorted[(sorted.Length - 1) / 2];
        var width = knee < sorted[^1] ? sorted[^1] - knee : sorted[^1] - sorted[0];
        if (!double.IsFinite(sorted[^1] - sorted[0]) || width <= 0) return null;
        var drawn = new ValueTransform(0, 1, knee, width, 0);
        // Differences from the knee, in widths, so that neither large offsets nor extreme units cost precision.
        double[] values = [.. sorted.Select(value => (drawn.Apply(value) - knee) / width)];
        var center = values.Average();
        var spread = Math.Sqrt(values.Average(value => (value - center) * (value - center)));
        if (!(spread > 1e-12)) return null;
        return drawn with { Center = knee + (center * width), Spread = spread * width, Least = (values[0] - center) / spread };
    }

    /// <summary>A value as the model sees it.</summary>
    public double Apply(double value)
    {
        var drawn = value < Knee ? Knee - (Width * Math.Log(1 + ((Knee - value) / Width))) : value;
        return (drawn - Center) / Spread;
    }

    /// <summary>The value, in its own unit, that the model sees so; no worse than the worst that was seen.</summary>
    public double Invert(double scaled)
    {
        var value = Center + (Math.Max(scaled, Least) * Spread);
        return value < Knee ? Knee - (Width * (Math.Exp((Knee - value) / Width) - 1)) : value;
    }

    /// <summary>What a small difference about a scaled value is in the values' own unit.</summary>
    public double Slope(double scaled) => Spread * Math.Exp(Math.Max(0, Knee - (Center + (Math.Max(scaled, Least) * Spread))) / Width);
}
