using Tenfold.Core.Versions;
using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Core.Experiments;

/// <summary>An experiment at one look.</summary>
public sealed record ExperimentStatus
{
    /// <summary>The experiment.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>When this look was.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The version in production.</summary>
    public required ArmStatus Baseline { get; init; }

    /// <summary>The version that may replace it.</summary>
    public required ArmStatus Candidate { get; init; }

    /// <summary>The comparison of the arms, which is valid however often one looks.</summary>
    public required SequentialComparison Comparison { get; init; }

    /// <summary>What the experiment says so far.</summary>
    public required ExperimentVerdict Verdict { get; init; }

    /// <summary>
    /// How long a verdict may take at the traffic of the last day, if the observed difference is the true one. Zero: there is a verdict.
    /// Null: it can't be said.
    /// </summary>
    public required TimeSpan? Remaining { get; init; }

    /// <summary>New keys with an outcome an hour, over the last day or since the start; null within the first minute.</summary>
    public required double? KeysPerHour { get; init; }

    /// <summary>The smaller p-value of the sample-ratio tests; null without keys.</summary>
    public required double? SampleRatioPValue { get; init; }

    /// <summary>What to know before believing it, the most important first.</summary>
    public required IReadOnlyList<ExperimentNote> Notes { get; init; }
}

/// <summary>An arm of an experiment at one look.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Keys">How many keys it served first.</param>
/// <param name="Requests">How many requests of theirs it served.</param>
/// <param name="Measured">How many of the keys have an outcome.</param>
/// <param name="Mean">The mean of these keys' outcomes; null without one.</param>
public sealed record ArmStatus(string Version, long Keys, long Requests, long Measured, double? Mean);

/// <summary>The interval at one time of an experiment's history.</summary>
/// <param name="At">The time.</param>
/// <param name="Keys">The number of keys with an outcome that had come by then.</param>
/// <param name="Comparison">The comparison of these keys, with their outcomes as they are known now.</param>
public sealed record ExperimentPoint(DateTimeOffset At, long Keys, SequentialComparison Comparison);
