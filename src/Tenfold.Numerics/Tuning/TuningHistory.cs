using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning;

/// <summary>
/// All that a method may know when it is asked for the next point. The same history gives the same suggestion: on another day, in another
/// process, in whatever order the values came.
/// </summary>
public sealed record TuningHistory
{
    /// <summary>The space.</summary>
    public required SearchSpace Space { get; init; }

    /// <summary>Trials that ended by themselves, by number.</summary>
    public IReadOnlyList<Observation> Observations { get; init; } = [];

    /// <summary>The snapped points of trials that run, by trial number.</summary>
    public IReadOnlyList<double[]> Running { get; init; } = [];

    /// <summary>The snapped points of trials that ended, and of which nothing is known (cancelled, lost), by trial number: they are not asked again.</summary>
    public IReadOnlyList<double[]> Ended { get; init; } = [];

    /// <summary>The snapped points of trials that were ended since they fell behind, by trial number: no good ones, and not asked again.</summary>
    public IReadOnlyList<double[]> Pruned { get; init; } = [];

    /// <summary>The number of the trial that is asked for, from 1. No method gives the same point for two numbers while points are left.</summary>
    public required int Number { get; init; }

    /// <summary>The study's seed.</summary>
    public long Seed { get; init; }

    /// <summary>True when less of the metric is better, so that values here are its negatives. It changes no suggestion, only the words.</summary>
    public bool IsNegated { get; init; }

    /// <summary>How many trials run at once.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>How many trials are planned; null when not known.</summary>
    public int? Trials { get; init; }
}

/// <summary>What came of a trial.</summary>
/// <param name="Trial">Its number. Those of earlier studies are 0 or less.</param>
/// <param name="Point">Its snapped point.</param>
/// <param name="Value">The mean of its runs, larger is better whatever the metric's goal; NaN when it failed.</param>
/// <param name="Count">Of how many runs the value is the mean: its variance is the noise's over this.</param>
public sealed record Observation(int Trial, double[] Point, double Value, int Count = 1);
