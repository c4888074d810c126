using Tenfold.Core.Reasons;

namespace Tenfold.App.Serving.Rollouts;

/// <summary>What a look at a rollout says.</summary>
public enum RolloutState
{
    /// <summary>Nothing speaks against the version so far. That doesn't mean that it is as good as its baseline.</summary>
    Watching,

    /// <summary>The version has had too few requests to judge, or the baseline is not ready either, so nothing is done.</summary>
    Holding,

    /// <summary>The version must lose its traffic.</summary>
    Failed,
}

/// <summary>A rollout at one look.</summary>
public sealed record RolloutStatus
{
    /// <summary>The version.</summary>
    public required string Candidate { get; init; }

    /// <summary>The version that it is compared with.</summary>
    public required string Baseline { get; init; }

    /// <summary>What this look says.</summary>
    public required RolloutState State { get; init; }

    /// <summary>Why the version must lose its traffic; null unless it must.</summary>
    public Reason? Reason { get; init; }

    /// <summary>The number of requests to the version since it is watched.</summary>
    public required long Requests { get; init; }

    /// <summary>The p-value of the test on failed requests.</summary>
    public required double FailedPValue { get; init; }

    /// <summary>The p-value of the test on slow requests.</summary>
    public required double SlowPValue { get; init; }

    /// <summary>From which latency on a request is slow; null while the baseline has had too few requests.</summary>
    public TimeSpan? SlowFrom { get; init; }
}
