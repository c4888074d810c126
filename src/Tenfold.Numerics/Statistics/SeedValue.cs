namespace Tenfold.Numerics.Statistics;

/// <summary>The result of one repeat: its seed and its value of the metric.</summary>
/// <param name="Seed">The seed it ran with; two repeats with one seed are a pair in a <see cref="Comparison"/>.</param>
/// <param name="Value">The metric. Null: the repeat failed, or gave no value. NaN and infinities are taken as null.</param>
public sealed record SeedValue(long Seed, double? Value)
{
    /// <summary>True when there is a finite value.</summary>
    public bool HasValue => Value is { } value && double.IsFinite(value);
}
