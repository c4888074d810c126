using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning;

/// <summary>
/// All that a method knows when it chooses the next point. Equal histories give equal suggestions, in any process and in whatever order the
/// values came.
/// </summary>
public sealed record TuningHistory
{
    /// <summary>The space.</summary>
    public required SearchSpace Space { get; init; }

    /// <summary>Trials that ended by themselves, ordered by number. Default: none.</summary>
    public IReadOnlyList<Observation> Observations { get; init; } = [];

    /// <summary>The snapped points of running trials, ordered by trial number. Default: none.</summary>
    public IReadOnlyList<double[]> Running { get; init; } = [];

    /// <summary>
    /// The snapped points of trials that ended without a value (cancelled, lost). They are not suggested again. Default: none.
    /// </summary>
    public IReadOnlyList<double[]> Ended { get; init; } = [];

    /// <summary>The snapped points of trials that were pruned. They count as poor, and are not suggested again. Default: none.</summary>
    public IReadOnlyList<double[]> Pruned { get; init; } = [];

    /// <summary>The number of the trial to suggest, from 1. While free points remain, no method suggests a taken one.</summary>
    public required int Number { get; init; }

    /// <summary>The study's seed. Default: 0.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// True when the metric is minimised, so that the values here are its negatives. It changes the reasons only. Default: false.
    /// </summary>
    public bool IsNegated { get; init; }

    /// <summary>How many trials run at once. Default: 1.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>How many trials are planned; null when unknown. Default: null.</summary>
    public int? Trials { get; init; }
}

/// <summary>The result of a trial.</summary>
/// <param name="Trial">Its number. Trials of earlier studies have numbers of 0 or less.</param>
/// <param name="Point">Its snapped point.</param>
/// <param name="Value">The mean of its runs; larger is better. NaN for a failed trial.</param>
/// <param name="Count">How many runs the value is the mean of. Their number divides the variance of the noise.</param>
public sealed record Observation(int Trial, double[] Point, double Value, int Count = 1);
