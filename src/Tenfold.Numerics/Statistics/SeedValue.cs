namespace Tenfold.Numerics.Statistics;

/// <summary>The result of one repeat: its seed and its value of the metric.</summary>
/// <param name="Seed">The seed of the repeat. A <see cref="Comparison"/> pairs repeats with equal seeds.</param>
/// <param name="Value">The metric, in its own unit. Null: the repeat failed or gave no value. NaN and infinities count as null.</param>
public sealed record SeedValue(long Seed, double? Value)
{
    /// <summary>True when there is a finite value.</summary>
    public bool HasValue => Value is { } value && double.IsFinite(value);
}
