using Tenfold.Core.Attempts;

namespace Tenfold.Core.Targets;

/// <summary>
/// Where runs execute: the small contract that a backend must keep. A target has a queue of its own: all that may start is handed over at
/// once, and it starts what it has as room allows, also when the controller is gone.
/// </summary>
public interface ITarget
{
    /// <summary>The name under which <c>tenfold.yaml</c> and <c>--on</c> know it.</summary>
    string Name { get; }

    /// <summary>What it can do.</summary>
    TargetCapabilities Capabilities { get; }

    /// <summary>Hands attempts over. Idempotent by the attempt's name: one that is there already, or has ended, is not started again.</summary>
    /// <returns>An outcome for each attempt, in order.</returns>
    Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken);

    /// <summary>Looks at many attempts with few calls.</summary>
    /// <returns>What the backend knows of each attempt, in order.</returns>
    Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken);

    /// <summary>
    /// Asks that attempts end, by the worker contract: SIGTERM, 30 s, SIGKILL. Returns once that is accepted, not once they are gone.
    /// Idempotent, also for attempts that the backend does not know.
    /// </summary>
    Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken);

    /// <summary>Everything of ours that exists there: how what nobody wants any more is found.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);
}

/// <summary>What a target can do.</summary>
/// <param name="Kind">Its kind, as <c>tenfold.yaml</c> has it.</param>
/// <param name="LiveLogs">True when logs and metrics can be seen while a run runs.</param>
/// <param name="Stop">True when a run can be stopped.</param>
/// <param name="Resume">True when checkpoints reach the next attempt.</param>
/// <param name="Spot">True when it has cheaper machines that may be taken away.</param>
/// <param name="Gpus">True when it can give graphics processors.</param>
/// <param name="Cores">Cores at most for one run; null when it has no fixed bound.</param>
/// <param name="MaxRuntime">The longest a run may take there; null for no bound.</param>
/// <param name="UsdPerHour">What a machine costs; null when not known, 0 when it costs nothing.</param>
public sealed record TargetCapabilities(
    string Kind, bool LiveLogs, bool Stop, bool Resume, bool Spot, bool Gpus, double? Cores = null, TimeSpan? MaxRuntime = null, decimal? UsdPerHour = null);

/// <summary>What came of handing an attempt over.</summary>
/// <param name="Kind">Whether it was taken.</param>
/// <param name="Reason">Why not, in plain words with a next step; null when it was.</param>
public sealed record StartOutcome(StartKind Kind, string? Reason = null)
{
    /// <summary>It was taken.</summary>
    public static StartOutcome Started { get; } = new(StartKind.Started);
}

/// <summary>Whether a target took an attempt.</summary>
public enum StartKind
{
    /// <summary>It was taken; it starts as room allows.</summary>
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

/// <summary>What a backend knows of an attempt.</summary>
/// <param name="Kind">Where it is.</param>
/// <param name="Reason">The backend's own reason, in plain words; null when it gives none.</param>
public sealed record BackendState(BackendKind Kind, string? Reason = null);

/// <summary>Where a backend has an attempt.</summary>
public enum BackendKind
{
    /// <summary>It waits.</summary>
    Waiting,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It is not there (any more): its report in the store is the last word, and without a final one it is lost.</summary>
    Gone,
}
