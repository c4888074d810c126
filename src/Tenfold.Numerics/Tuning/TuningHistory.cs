using Tenfold.Numerics.Tuning.Forecasts;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning;

/// <summary>
/// Everything that a method knows when it chooses the next point. Equal histories give equal suggestions in any process, whatever the
/// order in which the values arrived.
/// </summary>
public sealed record TuningHistory
{
    /// <summary>The space to search.</summary>
    public required SearchSpace Space { get; init; }

    /// <summary>The results of completed and failed trials, ordered by number. Default: none.</summary>
    public IReadOnlyList<Observation> Observations { get; init; } = [];

    /// <summary>The snapped points of running trials, ordered by trial number. Default: none.</summary>
    public IReadOnlyList<double[]> Running { get; init; } = [];

    /// <summary>
    /// The snapped points of trials that ended without a value because they were cancelled or lost. No method suggests them again. Default:
    /// none.
    /// </summary>
    public IReadOnlyList<double[]> Ended { get; init; } = [];

    /// <summary>The snapped points of pruned trials. They count as poor, and no method suggests them again. Default: none.</summary>
    public IReadOnlyList<double[]> Pruned { get; init; } = [];

    /// <summary>
    /// The values that trials measured on their way, ordered by trial number: of completed, pruned and running trials. They let a method
    /// forecast what a pruned trial would have reached. Default: none.
    /// </summary>
    public IReadOnlyList<EarlyValues> Early { get; init; } = [];

    /// <summary>The number of the trial to suggest, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The study's seed. Default: 0.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// True when the metric is minimised, so that the values here are negated. It affects only the predictions in
    /// <see cref="SuggestionReason"/>. Default: false.
    /// </summary>
    public bool IsNegated { get; init; }

    /// <summary>How many trials run in parallel. Default: 1.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>How many trials are planned. Null, the default, when unknown.</summary>
    public int? Trials { get; init; }

    /// <summary>How long trials took that ran to their end, ordered by trial number. Default: none.</summary>
    public IReadOnlyList<TrialDuration> Durations { get; init; } = [];

    /// <summary>
    /// How much a trial's predicted duration counts against it, from 0 to 1: the expected improvement is divided by the duration to this
    /// power. Default: 0, not at all.
    /// </summary>
    public double DurationWeight { get; init; }
}

/// <summary>How long a trial took.</summary>
/// <param name="Trial">The number of the trial, from 1.</param>
/// <param name="Point">The snapped point of the trial.</param>
/// <param name="Seconds">Its duration; above 0.</param>
public sealed record TrialDuration(int Trial, double[] Point, double Seconds);

/// <summary>The result of a trial.</summary>
/// <param name="Trial">The number of the trial, from 1. Trials of earlier studies have numbers of 0 or less.</param>
/// <param name="Point">The snapped point of the trial.</param>
/// <param name="Value">The mean of the trial's runs; larger is better. NaN for a failed trial.</param>
/// <param name="Count">The number of runs in the mean. It divides the variance of the noise. Default: 1.</param>
/// <param name="Variance">
/// The variance of the value beside the noise of a run, in its squared unit: above 0 where the value is a forecast. Default: 0.
/// </param>
public sealed record Observation(int Trial, double[] Point, double Value, int Count = 1, double Variance = 0);
