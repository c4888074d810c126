namespace Tenfold.Core.Requests;

/// <summary>The requests that were loaded into the database, and the feedback on them.</summary>
/// <remarks>Each call is one transaction, and a reading call several short ones. A call throws what the ledger's calls throw.</remarks>
public interface IRequestLog
{
    /// <summary>The position up to which a spool is loaded; null when nothing of it is.</summary>
    Task<SpoolPosition?> ReadPositionAsync(string spool, CancellationToken cancellationToken);

    /// <summary>Loads a batch and stores its end position in one transaction, so a batch is loaded exactly once.</summary>
    /// <remarks>A request whose id is in the log already is skipped. A request that the database refuses doesn't stop the others.</remarks>
    Task<LoadResult> LoadAsync(RequestBatch batch, CancellationToken cancellationToken);

    /// <summary>The spools that were loaded, with their losses.</summary>
    Task<IReadOnlyList<LoadedSpool>> ListSpoolsAsync(CancellationToken cancellationToken);

    /// <summary>Finds a request by its id; null when it is not in the log (yet).</summary>
    Task<LoggedRequest?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Reads requests by their time, page by page.</summary>
    IAsyncEnumerable<LoggedRequest> ReadAsync(RequestQuery query, CancellationToken cancellationToken);

    /// <summary>Adds feedback in the given order. Idempotent: a value that is stored already changes nothing.</summary>
    Task<FeedbackCounts> AddFeedbackAsync(IReadOnlyList<Feedback> feedback, CancellationToken cancellationToken);

    /// <summary>Every value that was ever reported for a request, the oldest first. The last of a metric counts.</summary>
    Task<IReadOnlyList<Feedback>> ListFeedbackAsync(Guid request, CancellationToken cancellationToken);

    /// <summary>Aggregates live requests by arm, version and key, in the order of each key's first request.</summary>
    Task<IReadOnlyList<KeyOutcome>> AggregateAsync(OutcomeQuery query, CancellationToken cancellationToken);

    /// <summary>The traffic of each version of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="since">Requests received at this time or later; null: all.</param>
    /// <param name="until">Requests received before this time; null: all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IReadOnlyList<VersionTraffic>> SummarizeAsync(
        string model, DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken);

    /// <summary>The models that have requests in the log.</summary>
    Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>Deletes requests received before a time, with their feedback, in short transactions.</summary>
    /// <param name="model">The model; null: every model.</param>
    /// <param name="before">The time.</param>
    /// <param name="cancellationToken">Stops it; what is deleted by then stays deleted.</param>
    /// <returns>How many requests were deleted.</returns>
    Task<long> DeleteAsync(string? model, DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Deletes all requests of a version, with their feedback, in short transactions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="version">The version.</param>
    /// <param name="cancellationToken">Stops it; what is deleted by then stays deleted.</param>
    /// <returns>How many requests were deleted.</returns>
    Task<long> DeleteVersionAsync(string model, string version, CancellationToken cancellationToken);
}
