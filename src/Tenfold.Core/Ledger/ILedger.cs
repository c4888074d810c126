using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Ledger;

/// <summary>The record of everything: groups, runs, attempts, metrics, events. Nothing is ever taken out of it.</summary>
/// <remarks>Each call is one transaction, and none of them waits for anything but the database.</remarks>
public interface ILedger
{
    /// <summary>
    /// The ledger's own name: twelve letters and digits, random, the same for ever. What is made on a target carries it, so that it can be
    /// told from what other ledgers made there. Whoever asks first makes it.
    /// </summary>
    Task<string> IdAsync(CancellationToken cancellationToken);

    /// <summary>Records a group with its runs, each with a first attempt that is pending: the intent, before anything is started.</summary>
    Task AddGroupAsync(GroupRecord group, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken);

    /// <summary>Every attempt that has not ended.</summary>
    Task<IReadOnlyList<LiveAttempt>> LiveAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes state changes: the one way in which an attempt's state, and with it its run's, ever changes. A change whose expected states
    /// (<see cref="RunStates.ExpectedBefore"/>) do not hold any more is passed over, so late and repeated reports are harmless. Each change
    /// that is made writes an event.
    /// </summary>
    /// <param name="changes">The changes, in the order in which they are made.</param>
    /// <param name="under">The lease under which they were seen: nothing is changed unless it still is the one that was given last, held
    /// or run out. Null: made whoever asks.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many changes were made.</returns>
    Task<int> ApplyAsync(IReadOnlyList<AttemptChange> changes, Lease? under, CancellationToken cancellationToken);

    /// <summary>
    /// Takes or renews a lease. It is given when it is free, has run out, or is this holder's already: renewed, it keeps its token;
    /// otherwise its token is higher than any before. It runs out by the ledger's clock: the database server's, or the machine's for a
    /// file.
    /// </summary>
    /// <param name="name">What it is for.</param>
    /// <param name="holder">Who asks; unique to one process and purpose.</param>
    /// <param name="duration">How long from now.</param>
    /// <param name="dead">A holder that is known to live no more (<see cref="Control.LeaseHolder.IsKnownDead"/>): its lease counts as run
    /// out. Null: none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The lease; null when somebody else has it.</returns>
    Task<Lease?> TryAcquireLeaseAsync(string name, string holder, TimeSpan duration, string? dead, CancellationToken cancellationToken);

    /// <summary>Gives a lease back before it runs out. Does nothing when it has passed to somebody else.</summary>
    Task ReleaseAsync(Lease lease, CancellationToken cancellationToken);

    /// <summary>Who has a lease; null when nobody ever had it.</summary>
    Task<LeaseRecord?> FindLeaseAsync(string name, CancellationToken cancellationToken);

    /// <summary>Records that somebody wants the runs cancelled. Runs that have ended stay as they are.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="at">When it was asked.</param>
    /// <param name="reason">Why: it becomes the reason of the run and of its attempt once they are cancelled, in place of what the target
    /// says. The first request decides. Null: what the target says.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The names of the runs that it applies to.</returns>
    Task<IReadOnlyList<string>> RequestCancelAsync(
        IReadOnlyList<string> runs, DateTimeOffset at, Reason? reason, CancellationToken cancellationToken);

    /// <summary>Adds another attempt, pending, to a run that has failed or was cancelled.</summary>
    /// <returns>False when the run is in another state: nothing is added.</returns>
    Task<bool> RequestRetryAsync(string run, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Names of studies, groups and runs that begin with a prefix, the exact one first, then by length; at most <paramref name="limit"/>.
    /// </summary>
    Task<IReadOnlyList<string>> FindAsync(string prefix, int limit, CancellationToken cancellationToken);

    /// <summary>A group; null when there is none of that name.</summary>
    Task<GroupRecord?> GroupAsync(string id, CancellationToken cancellationToken);

    /// <summary>The newest groups that are of no study, newest first.</summary>
    Task<IReadOnlyList<GroupRecord>> GroupsAsync(int limit, CancellationToken cancellationToken);

    /// <summary>A group's runs in the order of their repeats, each with its latest attempt's metrics.</summary>
    Task<IReadOnlyList<RunWithMetrics>> RunsOfAsync(string group, CancellationToken cancellationToken);

    /// <summary>The newest runs of all groups, newest first, each with its latest attempt's metrics (without their series).</summary>
    /// <param name="state">Only runs in this state; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="offset">After so many.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IReadOnlyList<RunListing>> PageAsync(RunState? state, int limit, int offset, CancellationToken cancellationToken);

    /// <summary>How many runs there are: what <see cref="PageAsync"/> goes through. It costs a look at each.</summary>
    /// <param name="state">Only runs in this state; null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<int> CountAsync(RunState? state, CancellationToken cancellationToken);

    /// <summary>A run's attempts, first to last.</summary>
    Task<IReadOnlyList<AttemptRecord>> AttemptsOfAsync(string run, CancellationToken cancellationToken);

    /// <summary>
    /// Everything that happened to a group, or to a run, its attempts and its group as a whole, oldest first. Of a study: what happened to
    /// the study and to its trials as such (asked, told), and not to their runs.
    /// </summary>
    Task<IReadOnlyList<EventRecord>> EventsOfAsync(string id, CancellationToken cancellationToken);
}

/// <summary>An attempt that has not ended, with what a controller needs to act on it.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Run">Its run.</param>
/// <param name="Group">Its group.</param>
/// <param name="LostBefore">How many of the run's earlier attempts were lost.</param>
public sealed record LiveAttempt(AttemptRecord Attempt, RunRecord Run, GroupRecord Group, int LostBefore);

/// <summary>A run with its latest attempt's metrics.</summary>
public sealed record RunWithMetrics(RunRecord Run, IReadOnlyList<MetricSummary> Metrics);

/// <summary>A run as a listing shows it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Project">Its project.</param>
/// <param name="Target">Its target.</param>
/// <param name="Metric">The metric that decides; null when the project names none.</param>
/// <param name="Value">Its last value; null when it never came, NaN and infinities as they are.</param>
public sealed record RunListing(RunRecord Run, string Project, string Target, string? Metric, double? Value);

/// <summary>A state change of an attempt, with what is known of it by then.</summary>
public sealed record AttemptChange
{
    /// <summary>The attempt.</summary>
    public required string Attempt { get; init; }

    /// <summary>When it was seen.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The state it comes to; its own again when only the metrics have changed.</summary>
    public required AttemptState State { get; init; }

    /// <summary>Why; null when there is nothing to say.</summary>
    public Reason? Reason { get; init; }

    /// <summary>What a user should know about the attempt; recorded with its final state.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    /// <summary>When its command started; null when not known.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The exit code; null when it did not end by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it; null when none did.</summary>
    public int? Signal { get; init; }

    /// <summary>The machine; null when not known.</summary>
    public string? Host { get; init; }

    /// <summary>The largest resident memory in bytes; null when not known.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Processor time; null when not known.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>True when another attempt follows; it is added, pending, in the same transaction.</summary>
    public bool IsRetried { get; init; }

    /// <summary>The metrics' summaries; null to leave them.</summary>
    public IReadOnlyList<MetricSummary>? Metrics { get; init; }
}

/// <summary>The ledger could not do what was asked, for a reason outside the program.</summary>
/// <param name="message">What failed, why, and what to do.</param>
/// <param name="isUnreadable">True when its content is the reason: damaged, or made by a newer version; false when it can't be reached or
/// written.</param>
/// <param name="inner">The cause.</param>
public sealed class LedgerException(string message, bool isUnreadable, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// True when its content is the reason: damaged, or made by a newer version; false when it can't be reached or written.
    /// </summary>
    public bool IsUnreadable { get; } = isUnreadable;
}
