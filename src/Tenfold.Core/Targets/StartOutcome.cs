using Tenfold.Core.Reasons;

namespace Tenfold.Core.Targets;

/// <summary>The outcome of submitting an attempt.</summary>
/// <param name="Kind">Whether the target took it.</param>
/// <param name="Reason">Why not, with a next step; null when it was.</param>
public sealed record StartOutcome(StartKind Kind, Reason? Reason = null)
{
    /// <summary>The target took it.</summary>
    public static StartOutcome Started { get; } = new(StartKind.Started);
}

/// <summary>Whether a target took an attempt.</summary>
public enum StartKind
{
    /// <summary>The target took it, and starts it as room allows.</summary>
    Started,

    /// <summary>There is no room now; try again later.</summary>
    NoCapacity,

    /// <summary>A quota is used up; try again later.</summary>
    Quota,

    /// <summary>Not allowed; trying again will not help.</summary>
    Denied,

    /// <summary>It cannot be run there as it is; trying again will not help.</summary>
    Invalid,
}
