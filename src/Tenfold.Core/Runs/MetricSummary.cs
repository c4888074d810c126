namespace Tenfold.Core.Runs;

/// <summary>What the ledger keeps of one metric of one attempt; the full series stays in the store.</summary>
public sealed record MetricSummary
{
    /// <summary>The metric's name.</summary>
    public required string Name { get; init; }

    /// <summary>How many values came, with those that are not finite.</summary>
    public required long Count { get; init; }

    /// <summary>How many of them were NaN or infinite.</summary>
    public long NonFinite { get; init; }

    /// <summary>The first value; NaN and infinities stand as such.</summary>
    public required double First { get; init; }

    /// <summary>The last value: what counts as the run's result.</summary>
    public required double Last { get; init; }

    /// <summary>The smallest finite value; NaN when there is none.</summary>
    public required double Min { get; init; }

    /// <summary>The largest finite value; NaN when there is none.</summary>
    public required double Max { get; init; }

    /// <summary>The step of the last value.</summary>
    public long LastStep { get; init; }

    /// <summary>At most 256 points, evenly thinned, the last always among them.</summary>
    public IReadOnlyList<MetricPoint> Series { get; init; } = [];
}

/// <summary>A value of a metric.</summary>
/// <param name="Step">The script's step, or the count of values before it when the script gives none.</param>
/// <param name="Value">The value; may be NaN or infinite.</param>
public readonly record struct MetricPoint(long Step, double Value);
