using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Targets;

/// <summary>
/// Where runs execute: the small contract that a backend must keep. A target has a queue of its own: all that may start is handed over at
/// once, and it starts what it has as room allows, also when the controller is gone. One target serves every group of its place; what differs
/// from group to group comes with each assignment.
/// </summary>
/// <remarks>Every call may throw <see cref="TargetException"/>: the backend could not be asked. Nothing is concluded from that.</remarks>
public interface ITarget
{
    /// <summary>What it can do.</summary>
    TargetCapabilities Capabilities { get; }

    /// <summary>Hands attempts over. Idempotent by the attempt's name: one that is there already, or has ended, is not started again.</summary>
    /// <returns>An outcome for each attempt, in order.</returns>
    Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken);

    /// <summary>Looks at many attempts with few calls: at most two of the backend's, however many attempts.</summary>
    /// <returns>What the backend knows of each attempt, in order.</returns>
    Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken);

    /// <summary>
    /// Asks that attempts end, by the worker contract: SIGTERM, 30 s, SIGKILL. Returns once that is accepted, not once they are gone.
    /// Idempotent, also for attempts that the backend does not know.
    /// </summary>
    Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken);

    /// <summary>Everything of ours that exists there and has not ended: how what nobody wants any more is found.</summary>
    /// <param name="ledger">The ledger's id (<see cref="Assignment.Ledger"/>): only what it handed over is listed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Names of attempts.</returns>
    Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken);
}

/// <summary>A target that brings the agent into a folder which its machines share.</summary>
public interface ISharesFolder
{
    /// <summary>The folder for what a group runs, whether or not it is there.</summary>
    string FolderOf(WorkSpec work);
}

/// <summary>A target that can tell beforehand what it would submit.</summary>
public interface IDescribesStart
{
    /// <summary>What <see cref="ITarget.StartAsync"/> would submit, exactly, for people to read; nothing is written or submitted.</summary>
    Task<string> DescribeAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken);
}
