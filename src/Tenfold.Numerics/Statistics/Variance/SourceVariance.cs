namespace Tenfold.Numerics.Statistics.Variance;

/// <summary>The variance that one source contributes, or all sources together.</summary>
public sealed record SourceVariance
{
    /// <summary>The source's name; <see cref="VarianceComponents.TogetherName"/> for all sources together.</summary>
    public required string Name { get; init; }

    /// <summary>How many pairs of runs it is estimated from; of all sources together, how many runs.</summary>
    public required int Count { get; init; }

    /// <summary>The variance between runs that differ in this source only, in the square of the metric's unit; null below two.</summary>
    public required double? Variance { get; init; }

    /// <summary>
    /// The degrees of freedom of <see cref="Variance"/>; fewer than the count when values are far out, as heavy tails make a variance
    /// uncertain. Null without a variance.
    /// </summary>
    public required double? DegreesOfFreedom { get; init; }

    /// <summary>The interval of the standard deviation; null without a variance, and for a variance of zero.</summary>
    public required Interval? Interval { get; init; }

    /// <summary>
    /// The source's share of the sum of all sources, without what the hardware alone contributes to it; from 0 to 1. Null without a
    /// variance, and when nothing varies.
    /// </summary>
    public double? Share { get; init; }

    /// <summary>What the runs say about the source.</summary>
    public required SourceFinding Finding { get; init; }

    /// <summary>The standard deviation between runs that differ only in this source, in the metric's unit; null without one.</summary>
    public double? StandardDeviation => Variance is { } variance ? Math.Sqrt(variance) : null;
}

/// <summary>What the runs say about a source of variance.</summary>
public enum SourceFinding
{
    /// <summary>It changes the value, or is not told from the hardware because that was not varied.</summary>
    Varies,

    /// <summary>Fewer than two pairs of runs have values.</summary>
    TooFew,

    /// <summary>Drawing it anew never changed a value: the script ignores it, or has none of it.</summary>
    NoEffect,

    /// <summary>Repeating a run without any change changes the value as much, as far as the runs tell.</summary>
    NotAboveHardware,
}
