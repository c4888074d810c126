using Tenfold.Core.Ledger;
using Tenfold.Core.Requests;

namespace Tenfold.Gateway.Tests.RequestLog;

/// <summary>A request log whose database goes away, or breaks the connection after it has committed.</summary>
internal sealed class AwayLog(IRequestLog inner) : IRequestLog
{
    public bool IsAway { get; set; }

    /// <summary>Every so many loads, the answer is lost after the commit; 0 for never.</summary>
    public int LosesEvery { get; set; }

    /// <summary>Completed by the next call that fails.</summary>
    public TaskCompletionSource Failed { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Loads { get; private set; }

    public Task<SpoolPosition?> ReadPositionAsync(string spool, CancellationToken cancellationToken) =>
        Check(() => inner.ReadPositionAsync(spool, cancellationToken));

    public async Task<LoadResult> LoadAsync(RequestBatch batch, CancellationToken cancellationToken)
    {
        var result = await Check(() => inner.LoadAsync(batch, cancellationToken));
        return ++Loads % Math.Max(LosesEvery, 1) == 0 && LosesEvery > 0 ? throw Away() : result;
    }

    public Task<IReadOnlyList<LoadedSpool>> ListSpoolsAsync(CancellationToken cancellationToken) =>
        inner.ListSpoolsAsync(cancellationToken);

    public Task<LoggedRequest?> FindAsync(Guid id, CancellationToken cancellationToken) => inner.FindAsync(id, cancellationToken);

    public IAsyncEnumerable<LoggedRequest> ReadAsync(RequestQuery query, CancellationToken cancellationToken) =>
        inner.ReadAsync(query, cancellationToken);

    public Task<FeedbackCounts> AddFeedbackAsync(IReadOnlyList<Feedback> feedback, CancellationToken cancellationToken) =>
        inner.AddFeedbackAsync(feedback, cancellationToken);

    public Task<IReadOnlyList<Feedback>> ListFeedbackAsync(Guid request, CancellationToken cancellationToken) =>
        inner.ListFeedbackAsync(request, cancellationToken);

    public Task<IReadOnlyList<KeyOutcome>> AggregateAsync(OutcomeQuery query, CancellationToken cancellationToken) =>
        inner.AggregateAsync(query, cancellationToken);

    public Task<IReadOnlyList<VersionTraffic>> SummarizeAsync(
        string model, DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken) =>
        inner.SummarizeAsync(model, since, until, cancellationToken);

    public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => inner.ListModelsAsync(cancellationToken);

    public Task<long> DeleteAsync(string? model, DateTimeOffset before, CancellationToken cancellationToken) =>
        inner.DeleteAsync(model, before, cancellationToken);

    public Task<long> DeleteVersionAsync(string model, string version, CancellationToken cancellationToken) =>
        inner.DeleteVersionAsync(model, version, cancellationToken);

    private Task<T> Check<T>(Func<Task<T>> act) => IsAway ? throw Away() : act();

    private LedgerException Away()
    {
        Failed.TrySetResult();
        return new LedgerException("the database is away", isUnreadable: false);
    }
}
