namespace Tenfold.Core.Tuning.Model;

/// <summary>How observed values are brought to mean 0 and variance 1.</summary>
/// <param name="Center">What becomes 0.</param>
/// <param name="Spread">What becomes 1; above 0.</param>
/// <param name="Floor">What is below counts as this.</param>
internal sealed record ValueScale(double Center, double Spread, double Floor)
{
    /// <summary>The scale of some values; null when they are all the same.</summary>
    public static ValueScale? Of(IReadOnlyList<ModelRow> rows)
    {
        if (rows.Count == 0) return null;
        var magnitude = rows.Max(row => Math.Abs(row.Value));
        if (magnitude == 0) return null;
        // Divided first, so that no square overflows.
        var center = rows.Average(row => row.Value / magnitude);
        var spread = Math.Sqrt(rows.Average(row => Math.Pow((row.Value / magnitude) - center, 2)));
        return spread < 1e-14 ? null : new ValueScale(center * magnitude, spread * magnitude, double.NegativeInfinity);
    }

    /// <summary>A value, standardised.</summary>
    public double Apply(double value) => (Math.Max(value, Floor) - Center) / Spread;

    /// <summary>A standardised value in the observations' own unit.</summary>
    public double Invert(double value) => Center + (value * Spread);
}
