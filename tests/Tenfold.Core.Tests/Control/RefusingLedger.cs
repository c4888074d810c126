using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Tests.Control;

/// <summary>A ledger whose disk is full for a while.</summary>
internal sealed class RefusingLedger(ILedger inner) : ILedger
{
    public bool IsFull { get; set; }

    public Task<int> ApplyAsync(IReadOnlyList<AttemptChange> changes, Lease? under, CancellationToken cancellationToken) =>
        IsFull ? throw new LedgerException("the disk is full", isUnreadable: false)
            : inner.ApplyAsync(changes, under, cancellationToken);

    public Task<string> ReadIdAsync(CancellationToken cancellationToken) => inner.ReadIdAsync(cancellationToken);

    public Task<Lease?> TryAcquireLeaseAsync(
        string name, string holder, TimeSpan duration, string? dead, CancellationToken cancellationToken) =>
        inner.TryAcquireLeaseAsync(name, holder, duration, dead, cancellationToken);

    public Task ReleaseAsync(Lease lease, CancellationToken cancellationToken) => inner.ReleaseAsync(lease, cancellationToken);

    public Task<LeaseRecord?> FindLeaseAsync(string name, CancellationToken cancellationToken) =>
        inner.FindLeaseAsync(name, cancellationToken);

    public Task AddGroupAsync(GroupRecord group, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken) =>
        inner.AddGroupAsync(group, runs, cancellationToken);

    public Task<IReadOnlyList<LiveAttempt>> ListLiveAttemptsAsync(CancellationToken cancellationToken) =>
        inner.ListLiveAttemptsAsync(cancellationToken);

    public Task<IReadOnlyList<string>> RequestCancelAsync(
        IReadOnlyList<string> runs, DateTimeOffset at, Reason? reason, CancellationToken cancellationToken) =>
            inner.RequestCancelAsync(runs, at, reason, cancellationToken);

    public Task<RetryAnswer> RequestRetryAsync(
        string run, DateTimeOffset at, CancellationToken cancellationToken, bool onlyOwn = false) =>
        inner.RequestRetryAsync(run, at, cancellationToken, onlyOwn);

    public Task<IReadOnlyList<string>> AdoptAsync(
        IReadOnlyList<string> runs, DateTimeOffset at, CancellationToken cancellationToken) =>
        inner.AdoptAsync(runs, at, cancellationToken);

    public Task RecordMetricsReadAsync(
        string group, IReadOnlyDictionary<string, IReadOnlyList<MetricSummary>> metrics, DateTimeOffset at,
        CancellationToken cancellationToken) => inner.RecordMetricsReadAsync(group, metrics, at, cancellationToken);

    public Task<IReadOnlyList<string>> FindNamesAsync(string prefix, int limit, CancellationToken cancellationToken) =>
        inner.FindNamesAsync(prefix, limit, cancellationToken);

    public Task<GroupRecord?> FindGroupAsync(string id, CancellationToken cancellationToken) =>
        inner.FindGroupAsync(id, cancellationToken);

    public Task<IReadOnlyList<GroupRecord>> ListGroupsAsync(int limit, CancellationToken cancellationToken) =>
        inner.ListGroupsAsync(limit, cancellationToken);

    public Task<IReadOnlyList<RunWithMetrics>> ListRunsAsync(string group, CancellationToken cancellationToken) =>
        inner.ListRunsAsync(group, cancellationToken);

    public Task<IReadOnlyList<RunListing>> ListNewestRunsAsync(
        RunState? state, int limit, int offset, CancellationToken cancellationToken) =>
        inner.ListNewestRunsAsync(state, limit, offset, cancellationToken);

    public Task<int> CountRunsAsync(RunState? state, CancellationToken cancellationToken) =>
        inner.CountRunsAsync(state, cancellationToken);

    public Task<IReadOnlyList<AttemptRecord>> ListAttemptsAsync(string run, CancellationToken cancellationToken) =>
        inner.ListAttemptsAsync(run, cancellationToken);

    public Task<IReadOnlyList<EventRecord>> ListEventsAsync(string id, CancellationToken cancellationToken) =>
        inner.ListEventsAsync(id, cancellationToken);
}
