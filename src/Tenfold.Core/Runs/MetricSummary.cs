using System.Text.Json.Serialization;

namespace Tenfold.Core.Runs;

/// <summary>
/// The summary of one metric of one attempt, or of a run (<see cref="JoinedMetrics"/>); the full series of each attempt is in the store.
/// </summary>
public sealed record MetricSummary
{
    /// <summary>The metric's name.</summary>
    public required string Name { get; init; }

    /// <summary>How many values were reported, including those that are not finite.</summary>
    public required long Count { get; init; }

    /// <summary>How many of them were NaN or infinite.</summary>
    public long NonFinite { get; init; }

    /// <summary>The first value; may be NaN or infinite.</summary>
    public required double First { get; init; }

    /// <summary>The last value, which is the run's result; may be NaN or infinite.</summary>
    public required double Last { get; init; }

    /// <summary>The smallest finite value; NaN when there is none.</summary>
    public required double Min { get; init; }

    /// <summary>The largest finite value; NaN when there is none.</summary>
    public required double Max { get; init; }

    /// <summary>The step of the last value.</summary>
    public long LastStep { get; init; }

    /// <summary>
    /// The pattern by which the values were read from the log after the attempt had ended; null when they were recorded while it ran.
    /// </summary>
    public string? Pattern { get; init; }

    /// <summary>At most 256 points, evenly thinned; the last point is always included.</summary>
    public IReadOnlyList<MetricPoint> Series { get; init => field = value ?? []; } = [];

    /// <summary>The steps at which a later attempt of the run continued the curve; empty for a single attempt.</summary>
    [JsonIgnore]
    public IReadOnlyList<long> Resumes { get; init => field = value ?? []; } = [];
}

/// <summary>A value of a metric.</summary>
/// <param name="Step">The step that the script reported, or else the number of values before this one.</param>
/// <param name="Value">The value; may be NaN or infinite.</param>
public readonly record struct MetricPoint(long Step, double Value);
