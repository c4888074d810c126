using Tenfold.Core.Experiments;
using Tenfold.Core.Requests;
using Tenfold.Core.Versions;
using Tenfold.Numerics.Statistics.Drift;

namespace Tenfold.Reports.Serving;

/// <summary>What the report on a deployed model shows.</summary>
public sealed record ServingReportModel
{
    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>When the report was made.</summary>
    public required DateTimeOffset GeneratedAt { get; init; }

    /// <summary>The traffic of each version, over all time.</summary>
    public required IReadOnlyList<VersionTraffic> Traffic { get; init; }

    /// <summary>The newest requests, in equal periods; empty without requests.</summary>
    public required IReadOnlyList<TrafficPeriod> Periods { get; init; }

    /// <summary>The routes, oldest first.</summary>
    public required IReadOnlyList<Route> Routes { get; init; }

    /// <summary>The running experiment, or the last one; null when there was none.</summary>
    public ExperimentStatus? Experiment { get; init; }

    /// <summary>How its interval developed; empty without an experiment.</summary>
    public IReadOnlyList<ExperimentPoint> History { get; init; } = [];

    /// <summary>How the inputs and outputs differ from what is expected; null when there is nothing to compare.</summary>
    public DriftReport? Drift { get; init; }

    /// <summary>The version whose requests were compared, and with what.</summary>
    public (string Version, string Against) DriftOf { get; init; }
}

/// <summary>The requests of a version in a period.</summary>
/// <param name="Version">The version.</param>
/// <param name="At">The middle of the period.</param>
/// <param name="Length">The length of the period.</param>
/// <param name="Requests">How many requests came.</param>
/// <param name="Failed">How many of them failed on the server's side.</param>
/// <param name="Median">The median latency; null without requests.</param>
/// <param name="Slowest">The latency that 95 % of the requests stay below; null without requests.</param>
public sealed record TrafficPeriod(
    string Version, DateTimeOffset At, TimeSpan Length, long Requests, long Failed, TimeSpan? Median, TimeSpan? Slowest);
