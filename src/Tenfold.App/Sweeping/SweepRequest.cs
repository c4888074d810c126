using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;

namespace Tenfold.App.Sweeping;

/// <summary>What a user asks of <c>tenfold sweep</c>; null leaves it to <c>tenfold.yaml</c>.</summary>
public sealed record SweepRequest
{
    /// <summary>The project's folder; null for the one here.</summary>
    public string? Folder { get; init; }

    /// <summary>Parameters, each <c>name=value</c>; one that is swept becomes fixed.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>The target; null for this machine.</summary>
    public string? On { get; init; }

    /// <summary>The metric that decides, as for <c>fit</c>.</summary>
    public string? Metric { get; init; }

    /// <summary>The method.</summary>
    public SweepMethod? Method { get; init; }

    /// <summary>How many points.</summary>
    public int? Trials { get; init; }

    /// <summary>How many at once.</summary>
    public int? Parallel { get; init; }

    /// <summary>How many runs make a trial.</summary>
    public int? Repeat { get; init; }

    /// <summary>The study's seed.</summary>
    public long? Seed { get; init; }

    /// <summary>The pruning rule.</summary>
    public PruningRule? Prune { get; init; }

    /// <summary>True when nothing is pruned, whatever the file says.</summary>
    public bool IsUnpruned { get; init; }

    /// <summary>True for batches.</summary>
    public bool Synchronous { get; init; }

    /// <summary>The study to learn from.</summary>
    public string? From { get; init; }

    /// <summary>Wall time.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>US dollars.</summary>
    public decimal? Cost { get; init; }

    /// <summary>False when somebody else runs the trials: code, data and environment are then not looked at.</summary>
    public bool HasWork { get; init; } = true;
}
