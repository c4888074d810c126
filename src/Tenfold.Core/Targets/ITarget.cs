using Tenfold.Core.Attempts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Queueing;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Targets;

/// <summary>
/// Where runs execute: the contract of a backend. A target has its own queue. The control loop submits every attempt that may start, and
/// the target starts it when there is room, even after the controller has exited. One target serves every group of its place; each
/// assignment has what differs between groups.
/// </summary>
/// <remarks>
/// <para>
/// Every call may throw <see cref="TargetException"/>, because the backend did not answer. The control loop concludes nothing from that,
/// and calls again in the next round. A call may also throw <see cref="Store.StoreException"/>.
/// </para>
/// <para>
/// A round of the control loop makes one call of each method for all attempts of a target. <see cref="TargetCapabilities.Calls"/> states
/// how many calls of the backend that costs per hundred attempts, and the conformance suite counts them.
/// </para>
/// <para>
/// A target lives as long as its process, which may be months. It reads credentials, partitions, quotas and prices again when they expire.
/// </para>
/// </remarks>
public interface ITarget
{
    /// <summary>What the target can do.</summary>
    TargetCapabilities Capabilities { get; }

    /// <summary>
    /// Submits attempts. Idempotent by the attempt's name: an attempt that the backend has, or that has ended, never starts again.
    /// Cost: <see cref="CallsPerHundred.Start"/>.
    /// </summary>
    /// <returns>An outcome for each attempt, in order.</returns>
    Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken);

    /// <summary>Asks the backend for the states of attempts. Cost: <see cref="CallsPerHundred.Observe"/>.</summary>
    /// <returns>What the backend knows of each attempt, in order.</returns>
    Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken);

    /// <summary>
    /// Ends attempts by the worker contract: SIGTERM, 30 s, SIGKILL. Returns once the backend has accepted that, not once the attempts have
    /// ended. Idempotent, also for attempts that the backend does not know. Cost: <see cref="CallsPerHundred.Stop"/>.
    /// </summary>
    /// <remarks>
    /// The caller has written the attempts' stop marks (<see cref="StopMarks"/>), which agents obey. So the target removes waiting attempts
    /// from its queue, and ends a running one only when its agent does not obey. Never called when
    /// <see cref="TargetCapabilities.CanStop"/> is false.
    /// </remarks>
    Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken);

    /// <summary>Lists every attempt of a ledger that the backend has and that has not ended. This is how orphans are found.</summary>
    /// <param name="ledger">The id of the ledger that submitted the attempts (<see cref="Assignment.Ledger"/>).</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Names of attempts.</returns>
    Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken);
}

/// <summary>A target whose waiting attempts start in Tenfold's own order, see <see cref="FairOrder"/>.</summary>
public interface IOrdersQueue
{
    /// <summary>Changes the priority of waiting attempts. Attempts that no longer wait stay as they are.</summary>
    Task SetPriorityAsync(IReadOnlyList<string> attempts, RunPriority priority, CancellationToken cancellationToken);
}

/// <summary>A target that copies the agent into a folder that its machines share.</summary>
public interface ISharesFolder
{
    /// <summary>The folder for a group's runs, whether or not it exists; or a refusal: this shell can't tell where it is.</summary>
    Outcome<string> FolderOf(WorkSpec work);
}

/// <summary>A target that can describe what it would submit.</summary>
public interface IDescribesStart
{
    /// <summary>
    /// Describes exactly what <see cref="ITarget.StartAsync"/> would submit, for people to read. Nothing is written or submitted.
    /// </summary>
    /// <returns>The description; or a refusal: the backend could never start the attempts.</returns>
    /// <exception cref="TargetException">The backend does not answer.</exception>
    Task<Outcome<string>> DescribeAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken);
}

/// <summary>A target that knows in advance of runs that it can never start.</summary>
public interface IChecksWork
{
    /// <summary>Checks what runs need, before anything is recorded.</summary>
    /// <param name="resources">What each run needs.</param>
    /// <param name="secrets">The names of the runs' secrets.</param>
    /// <param name="target">The target, as the group will record it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Why no run could start, with every fault and what to do; null when nothing is known to be in the way.</returns>
    /// <exception cref="TargetException">The backend does not answer.</exception>
    Task<Refusal?> RefuseAsync(
        ResourceSpec resources, IReadOnlyList<string> secrets, TargetSpec target, CancellationToken cancellationToken);
}

/// <summary>A target whose machines and disks cost money also when no attempt uses them.</summary>
public interface IFindsLeftovers
{
    /// <summary>
    /// Finds machines and disks that carry a ledger's id and that no attempt needs. Attempts that run are not among them.
    /// </summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="TargetException">The backend does not answer.</exception>
    Task<IReadOnlyList<TargetLeftover>> FindLeftoversAsync(string ledger, CancellationToken cancellationToken);
}

/// <summary>A place with several services, each of which may refuse its search.</summary>
public interface ISearchesServices : IFindsLeftovers
{
    /// <summary>The searches, which together find what <see cref="IFindsLeftovers.FindLeftoversAsync"/> finds.</summary>
    IReadOnlyList<IFindsLeftovers> Searches { get; }
}

/// <summary>The kinds of leftovers.</summary>
public enum LeftoverKind
{
    /// <summary>A machine or a disk.</summary>
    Machine,

    /// <summary>Something else that a target made at its backend, such as a definition of jobs or a stored secret.</summary>
    Resource,
}

/// <summary>Something at a backend that no attempt needs.</summary>
/// <param name="Name">Its id at the backend.</param>
/// <param name="Why">Why it can go, as a sentence.</param>
public sealed record TargetLeftover(string Name, string Why)
{
    /// <summary>What it is. Default: a machine or a disk.</summary>
    public LeftoverKind Kind { get; init; }

    /// <summary>The attempt that may need it: while the ledger wants the attempt, this is no garbage. Null for none.</summary>
    public string? Attempt { get; init; }

    /// <summary>The group whose runs may need it: while one of them has not ended, this is no garbage. Null for none.</summary>
    public string? Group { get; init; }

    /// <summary>Removes it; idempotent. It may throw <see cref="TargetException"/>.</summary>
    public required Func<CancellationToken, Task> RemoveAsync { get; init; }
}

/// <summary>A target that can check what it depends on: credentials, permissions, quotas.</summary>
public interface IChecksAccess
{
    /// <summary>Checks it. Nothing is changed.</summary>
    Task<IReadOnlyList<AccessCheck>> CheckAccessAsync(CancellationToken cancellationToken);
}

/// <summary>The result of a check.</summary>
/// <param name="What">What was checked, such as <c>permissions</c>.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Fix">What to do; null when nothing is wrong.</param>
public sealed record AccessCheck(string What, string Detail, string? Fix = null);
