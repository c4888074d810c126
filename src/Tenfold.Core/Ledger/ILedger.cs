using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Ledger;

/// <summary>The record of everything: groups, runs, attempts, metrics, events. Nothing is ever deleted.</summary>
/// <remarks>Each call is one transaction, and waits for nothing but the database.</remarks>
public interface ILedger
{
    /// <summary>
    /// The ledger's own name: twelve random letters and digits, created on the first call, then constant. Jobs on a target carry it, which
    /// distinguishes them from the jobs of other ledgers.
    /// </summary>
    Task<string> ReadIdAsync(CancellationToken cancellationToken);

    /// <summary>Records a group with its runs, each with a pending first attempt. They are recorded before anything is started.</summary>
    Task AddGroupAsync(GroupRecord group, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken);

    /// <summary>Every attempt that has not ended.</summary>
    Task<IReadOnlyList<LiveAttempt>> ListLiveAttemptsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Applies state changes: the only way to change the state of an attempt, and with it the state of its run. A change is skipped if the
    /// attempt is in none of the expected states (<see cref="RunStates.ExpectedBefore"/>), so late and repeated reports are harmless. Each
    /// applied change writes an event.
    /// </summary>
    /// <param name="changes">The changes, in the order in which they are applied.</param>
    /// <param name="under">The lease under which the changes were observed: nothing is changed if the lease has been given to another
    /// holder since. An expired lease that nobody else has taken is still valid. Null: no lease is checked.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many changes were applied.</returns>
    Task<int> ApplyAsync(IReadOnlyList<AttemptChange> changes, Lease? under, CancellationToken cancellationToken);

    /// <summary>
    /// Acquires or renews a lease. Succeeds when the lease is free, has expired, or belongs to this holder already. A renewed lease keeps
    /// its token; a newly acquired one gets a token higher than any before. Leases expire by the ledger's clock: the database server's, or
    /// the machine's for a file.
    /// </summary>
    /// <param name="name">What the lease is for.</param>
    /// <param name="holder">The holder; unique to one process and purpose.</param>
    /// <param name="duration">How long the lease lasts from now.</param>
    /// <param name="dead">A holder whose process is known to be dead (<see cref="Control.LeaseHolder.IsKnownDead"/>): its lease counts as
    /// expired. Null: none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The lease; null when another holder has it.</returns>
    Task<Lease?> TryAcquireLeaseAsync(string name, string holder, TimeSpan duration, string? dead, CancellationToken cancellationToken);

    /// <summary>Releases a lease before it expires. Does nothing when another holder has it.</summary>
    Task ReleaseAsync(Lease lease, CancellationToken cancellationToken);

    /// <summary>The record of a lease; null when it was never acquired.</summary>
    Task<LeaseRecord?> FindLeaseAsync(string name, CancellationToken cancellationToken);

    /// <summary>Records a request to cancel the runs. Runs that have ended stay as they are.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="at">The time of the request.</param>
    /// <param name="reason">The reason that the run and its attempt get once they are cancelled. If several requests give one, the first
    /// counts. Null: the target's reason.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The names of the runs that the request applies to.</returns>
    Task<IReadOnlyList<string>> RequestCancelAsync(
        IReadOnlyList<string> runs, DateTimeOffset at, Reason? reason, CancellationToken cancellationToken);

    /// <summary>
    /// Records metrics that were read from the logs of a group's ended attempts. Metrics that were read before under one of these
    /// names are replaced; those that were recorded while an attempt ran stay as they are.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="metrics">The metrics of each attempt; each has its <see cref="MetricSummary.Pattern"/>.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task RecordMetricsReadAsync(
        string group, IReadOnlyDictionary<string, IReadOnlyList<MetricSummary>> metrics, DateTimeOffset at,
        CancellationToken cancellationToken);

    /// <summary>Adds a pending attempt to a run that failed or was cancelled, and signs the run for this home.</summary>
    Task<RetryAnswer> RequestRetryAsync(
        string run, DateTimeOffset at, CancellationToken cancellationToken, bool onlyOwn = false);

    /// <summary>
    /// Signs runs that have not ended, so that they become this home's own: its control loop then starts and stops them.
    /// </summary>
    /// <param name="runs">The runs.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The names of the runs that were not this home's own before.</returns>
    Task<IReadOnlyList<string>> AdoptAsync(IReadOnlyList<string> runs, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// The names of studies, groups and runs that begin with a prefix, the shortest first; at most <paramref name="limit"/>.
    /// </summary>
    Task<IReadOnlyList<string>> FindNamesAsync(string prefix, int limit, CancellationToken cancellationToken);

    /// <summary>A group; null when none has that name.</summary>
    Task<GroupRecord?> FindGroupAsync(string id, CancellationToken cancellationToken);

    /// <summary>The newest groups outside studies, newest first.</summary>
    Task<IReadOnlyList<GroupRecord>> ListGroupsAsync(int limit, CancellationToken cancellationToken);

    /// <summary>A group's runs in the order of their repeats, each with its latest attempt's metrics.</summary>
    Task<IReadOnlyList<RunWithMetrics>> ListRunsAsync(string group, CancellationToken cancellationToken);

    /// <summary>The newest runs of all groups, newest first, each with its latest attempt's metrics (without their series).</summary>
    /// <param name="state">Only runs in this state; null for all.</param>
    /// <param name="limit">The largest number of runs to return.</param>
    /// <param name="offset">How many runs to skip.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IReadOnlyList<RunListing>> ListNewestRunsAsync(RunState? state, int limit, int offset, CancellationToken cancellationToken);

    /// <summary>Counts the runs that <see cref="ListNewestRunsAsync"/> lists. The cost grows with their number.</summary>
    /// <param name="state">Only runs in this state; null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<int> CountRunsAsync(RunState? state, CancellationToken cancellationToken);

    /// <summary>A run's attempts, first to last.</summary>
    Task<IReadOnlyList<AttemptRecord>> ListAttemptsAsync(string run, CancellationToken cancellationToken);

    /// <summary>
    /// The events of a group; or of a run, its attempts and its group as a whole, oldest first. For a study: the events of the study and
    /// its trials, without those of their runs.
    /// </summary>
    Task<IReadOnlyList<EventRecord>> ListEventsAsync(string id, CancellationToken cancellationToken);
}

/// <summary>An attempt that has not ended, with the records that a controller needs to act on it.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Run">Its run.</param>
/// <param name="Group">Its group.</param>
/// <param name="LostBefore">How many of the run's earlier attempts were lost.</param>
public sealed record LiveAttempt(AttemptRecord Attempt, RunRecord Run, GroupRecord Group, int LostBefore)
{
    /// <summary>
    /// True when the user of this home asked for the attempt, by the tag in its record (<see cref="WorkKey"/>). Other attempts are
    /// observed, but never started or stopped.
    /// </summary>
    public bool IsOwn => Own.Value;

    /// <summary>Verifies the tag when it is first asked for. Default: not the user's own.</summary>
    public Lazy<bool> Own { get; init; } = new(() => false);
}

/// <summary>The answer to a request to retry a run.</summary>
public enum RetryAnswer
{
    /// <summary>Nothing was added: the run has not failed and was not cancelled.</summary>
    Refused,

    /// <summary>An attempt was added to a run of this home.</summary>
    Added,

    /// <summary>An attempt was added to a run that another home recorded, or whose record has changed since.</summary>
    AddedToForeign,

    /// <summary>
    /// Nothing was added: only own runs were asked for, and another home recorded this one, or its record has changed since.
    /// </summary>
    Foreign,
}

/// <summary>A run with its metrics, joined from all its attempts (<see cref="JoinedMetrics"/>).</summary>
public sealed record RunWithMetrics(RunRecord Run, IReadOnlyList<MetricSummary> Metrics);

/// <summary>A run as a listing shows it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Project">Its project.</param>
/// <param name="Target">Its target.</param>
/// <param name="Metric">The deciding metric; null when the project names none.</param>
/// <param name="Value">The metric's last value, which may be NaN or infinite; null when it was never reported.</param>
public sealed record RunListing(RunRecord Run, string Project, string Target, string? Metric, double? Value);

/// <summary>A state change of an attempt, with what was known about the attempt at that time.</summary>
public sealed record AttemptChange
{
    /// <summary>The attempt.</summary>
    public required string Attempt { get; init; }

    /// <summary>When the change was observed.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The new state; the current one when only the metrics have changed.</summary>
    public required AttemptState State { get; init; }

    /// <summary>Why the state changed; null when there is no reason to give.</summary>
    public Reason? Reason { get; init; }

    /// <summary>What a user should know about the attempt; recorded with its final state.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    /// <summary>When its command started; null when unknown.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The exit code; null when it did not exit by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it; null when none did.</summary>
    public int? Signal { get; init; }

    /// <summary>The machine; null when unknown.</summary>
    public string? Host { get; init; }

    /// <summary>The largest resident memory in bytes; null when unknown.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>CPU time; null when unknown.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>Whether it began with a checkpoint, see <see cref="Attempts.AttemptReport.IsResumed"/>; null when unknown.</summary>
    public bool? IsResumed { get; init; }

    /// <summary>True when another attempt follows; it is added as pending in the same transaction.</summary>
    public bool IsRetried { get; init; }

    /// <summary>The metrics' summaries; null to leave them unchanged.</summary>
    public IReadOnlyList<MetricSummary>? Metrics { get; init; }
}

/// <summary>An operation of the ledger failed for a reason outside the program.</summary>
/// <param name="message">What failed, why, and what to do.</param>
/// <param name="isUnreadable">See <see cref="IsUnreadable"/>.</param>
/// <param name="inner">The cause.</param>
public sealed class LedgerException(string message, bool isUnreadable, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// True when the ledger's content is damaged or was made by a newer version; false when the ledger can't be opened or written.
    /// </summary>
    public bool IsUnreadable { get; } = isUnreadable;
}
