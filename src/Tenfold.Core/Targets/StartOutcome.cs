using Tenfold.Core.Reasons;

namespace Tenfold.Core.Targets;

/// <summary>The outcome of submitting an attempt.</summary>
/// <param name="Kind">Whether the target accepted the attempt.</param>
/// <param name="Reason">Why it did not, with a next step; null when it did.</param>
public sealed record StartOutcome(StartKind Kind, Reason? Reason = null)
{
    /// <summary>The target accepted the attempt.</summary>
    public static StartOutcome Started { get; } = new(StartKind.Started);
}

/// <summary>Whether a target accepted an attempt.</summary>
public enum StartKind
{
    /// <summary>The target accepted the attempt, and starts it when there is room.</summary>
    Started,

    /// <summary>There is no room now; another try may succeed later.</summary>
    NoCapacity,

    /// <summary>A quota is used up; another try may succeed later.</summary>
    Quota,

    /// <summary>The user may not run the attempt there; another try will not help.</summary>
    Denied,

    /// <summary>The attempt can't run there as it is; another try will not help.</summary>
    Invalid,
}
