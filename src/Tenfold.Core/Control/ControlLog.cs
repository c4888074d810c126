using Microsoft.Extensions.Logging;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>
/// The events of the control loop, 1001 to 1099. An event keeps its id and the names of its fields, since people search for them. Reasons
/// are not logged: the ledger has them.
/// </summary>
internal static partial class ControlLog
{
    [LoggerMessage(1001, LogLevel.Debug, "Reconciled {Live} live attempts with {Faults} faults")]
    public static partial void RoundCompleted(this ILogger logger, int live, int faults);

    [LoggerMessage(1002, LogLevel.Information, "Submitted {Attempt} to {Target}")]
    public static partial void AttemptSubmitted(this ILogger logger, string attempt, string target);

    [LoggerMessage(1003, LogLevel.Information, "Could not submit {Attempt} to {Target}: {Outcome}")]
    public static partial void AttemptNotSubmitted(this ILogger logger, string attempt, string target, StartKind outcome);

    [LoggerMessage(1004, LogLevel.Information, "Observed that {Attempt} is {State}")]
    public static partial void AttemptChanged(this ILogger logger, string attempt, AttemptState state);

    [LoggerMessage(1005, LogLevel.Information, "Asked {Target} to stop {Count} attempts")]
    public static partial void StopRequested(this ILogger logger, string target, int count);

    [LoggerMessage(1010, LogLevel.Debug, "Acquired the lease {Lease}")]
    public static partial void LeaseAcquired(this ILogger logger, string lease);

    [LoggerMessage(1011, LogLevel.Debug, "The lease {Lease} is held by {Holder}, which submits what is pending")]
    public static partial void LeaseHeldElsewhere(this ILogger logger, string lease, string? holder);

    [LoggerMessage(1012, LogLevel.Warning, "Lost the lease {Lease} while submitting; the next holder finds what was submitted")]
    public static partial void LeaseLost(this ILogger logger, string lease);

    [LoggerMessage(1013, LogLevel.Warning, "Could not renew the lease {Lease}; it expires by itself")]
    public static partial void LeaseNotRenewed(this ILogger logger, string lease, Exception exception);

    [LoggerMessage(1020, LogLevel.Warning, "Could not resolve the target of {Group}")]
    public static partial void TargetNotResolved(this ILogger logger, string group, Exception exception);

    [LoggerMessage(1021, LogLevel.Warning, "Could not reach {Target}")]
    public static partial void TargetNotReachable(this ILogger logger, string target, Exception exception);

    [LoggerMessage(1022, LogLevel.Warning, "Could not use the store {Store}")]
    public static partial void StoreNotReachable(this ILogger logger, string store, Exception exception);

    [LoggerMessage(1023, LogLevel.Warning, "Could not open the store of {Group}")]
    public static partial void StoreNotOpened(this ILogger logger, string group, Exception exception);

    [LoggerMessage(1024, LogLevel.Warning, "Could not control {Group}: this machine can't use its {Kind}")]
    public static partial void GroupNotControlled(this ILogger logger, string group, ControlFaultKind kind);

    [LoggerMessage(1025, LogLevel.Warning, "{Target} does not know the states of some attempts")]
    public static partial void StatesUnknown(this ILogger logger, string target);

    [LoggerMessage(1026, LogLevel.Warning, "Could not remove the secrets of ended runs from {Target}; `tenfold gc` removes them")]
    public static partial void SecretsNotRemoved(this ILogger logger, string target, Exception exception);
}
