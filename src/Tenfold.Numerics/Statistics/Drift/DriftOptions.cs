namespace Tenfold.Numerics.Statistics.Drift;

/// <summary>The error rate of a <see cref="DriftReport"/>, and what it calls small.</summary>
public sealed record DriftOptions
{
    /// <summary>The chance of at least one false verdict over all features, for one window. Above 0, below 1. Default 0.01.</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>
    /// A shift is small when the Kolmogorov–Smirnov distance (of categories: the total variation distance) is below this. Large samples
    /// show even trifles. Default 0.1.
    /// </summary>
    public double SmallDistance { get; init; } = 0.1;

    /// <summary>The fewest requests of each sample that are compared. Default 30.</summary>
    public int FewestRequests { get; init; } = 30;

    /// <summary>A number with at most so many different values in the reference is compared by categories. Default 12.</summary>
    public int MostDiscreteValues { get; init; } = 12;
}
