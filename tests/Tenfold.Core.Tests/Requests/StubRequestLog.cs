using Tenfold.Core.Requests;

namespace Tenfold.Core.Tests.Requests;

/// <summary>A request log that fails at every call that a test's own log doesn't answer.</summary>
/// <param name="fault">Makes the failure.</param>
public class StubRequestLog(Func<Exception> fault) : IRequestLog
{
    public virtual Task<SpoolPosition?> ReadPositionAsync(string spool, CancellationToken cancellationToken) => throw fault();

    public virtual Task<LoadResult> LoadAsync(RequestBatch batch, CancellationToken cancellationToken) => throw fault();

    public virtual Task<IReadOnlyList<LoadedSpool>> ListSpoolsAsync(CancellationToken cancellationToken) => throw fault();

    public virtual Task<LoggedRequest?> FindAsync(Guid id, CancellationToken cancellationToken) => throw fault();

    public virtual IAsyncEnumerable<LoggedRequest> ReadAsync(RequestQuery query, CancellationToken cancellationToken) => throw fault();

    public virtual Task<FeedbackCounts> AddFeedbackAsync(IReadOnlyList<Feedback> feedback, CancellationToken cancellationToken) =>
        throw fault();

    public virtual Task<IReadOnlyList<Feedback>> ListFeedbackAsync(Guid request, CancellationToken cancellationToken) => throw fault();

    public virtual Task<IReadOnlyList<KeyOutcome>> AggregateAsync(OutcomeQuery query, CancellationToken cancellationToken) =>
        throw fault();

    public virtual Task<IReadOnlyList<VersionTraffic>> SummarizeAsync(
        string model, DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken) => throw fault();

    public virtual Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => throw fault();

    public virtual Task<long> DeleteAsync(string? model, DateTimeOffset before, CancellationToken cancellationToken) => throw fault();

    public virtual Task<long> DeleteVersionAsync(string model, string version, CancellationToken cancellationToken) => throw fault();
}
