using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;

namespace Tenfold.Core.Requests.Remote;

/// <summary>
/// The request log of gateways whose database this machine can't connect to. A gateway carries out each call, through the store that
/// both use.
/// </summary>
public sealed class RemoteRequestLog : IRequestLog
{
    private static readonly LogCallJson Json = LogCallJson.Default;
    private readonly CallClient _client;

    /// <summary>Opens the log.</summary>
    /// <param name="store">The store that the gateways use.</param>
    /// <param name="time">The clock.</param>
    public RemoteRequestLog(IStore store, TimeProvider time)
        : this(new CallClient(store, time))
    {
    }

    /// <summary>Opens the log.</summary>
    /// <param name="client">Sends the calls.</param>
    public RemoteRequestLog(CallClient client) => _client = client;

    /// <inheritdoc/>
    /// <remarks>Only gateways load requests.</remarks>
    public Task<SpoolPosition?> ReadPositionAsync(string spool, CancellationToken cancellationToken) => throw OnlyGateways();

    /// <inheritdoc/>
    /// <remarks>Only gateways load requests.</remarks>
    public Task<LoadResult> LoadAsync(RequestBatch batch, CancellationToken cancellationToken) => throw OnlyGateways();

    /// <inheritdoc/>
    public Task<IReadOnlyList<LoadedSpool>> ListSpoolsAsync(CancellationToken cancellationToken) =>
        ListAsync(new LogCall.Spools(), Json.IReadOnlyListLoadedSpool, cancellationToken);

    /// <inheritdoc/>
    public async Task<LoggedRequest?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await foreach (var found in RequestsAsync(new LogCall.Find(id), cancellationToken)) return found;
        return null;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LoggedRequest> ReadAsync(RequestQuery query, CancellationToken cancellationToken) =>
        RequestsAsync(new LogCall.Read(query), cancellationToken);

    /// <inheritdoc/>
    public Task<FeedbackCounts> AddFeedbackAsync(IReadOnlyList<Feedback> feedback, CancellationToken cancellationToken) =>
        ValueAsync(new LogCall.AddFeedback(feedback), Json.FeedbackCounts, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Feedback>> ListFeedbackAsync(Guid request, CancellationToken cancellationToken) =>
        ListAsync(new LogCall.FeedbackOf(request), Json.IReadOnlyListFeedback, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<KeyOutcome>> AggregateAsync(OutcomeQuery query, CancellationToken cancellationToken) =>
        ListAsync(new LogCall.Aggregate(query), Json.IReadOnlyListKeyOutcome, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<VersionTraffic>> SummarizeAsync(
        string model, DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken) =>
        ListAsync(new LogCall.Summarize(model, since, until), Json.IReadOnlyListVersionTraffic, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) =>
        ListAsync(new LogCall.Models(), Json.IReadOnlyListString, cancellationToken);

    /// <inheritdoc/>
    public Task<long> DeleteAsync(string? model, DateTimeOffset before, CancellationToken cancellationToken) =>
        ValueAsync(new LogCall.Delete(model, before), Json.Int64, cancellationToken);

    /// <inheritdoc/>
    public Task<long> DeleteVersionAsync(string model, string version, CancellationToken cancellationToken) =>
        ValueAsync(new LogCall.DeleteVersion(model, version), Json.Int64, cancellationToken);

    private async IAsyncEnumerable<LoggedRequest> RequestsAsync(
        LogCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var part in _client.SendAsync(call, cancellationToken))
            foreach (var request in RequestPart.Read(part)) yield return request;
    }

    private async Task<IReadOnlyList<T>> ListAsync<T>(
        LogCall call, JsonTypeInfo<IReadOnlyList<T>> type, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await foreach (var part in _client.SendAsync(call, cancellationToken))
            if (part.Length > 0) rows.AddRange(Parse(part, type));
        return rows;
    }

    private async Task<T> ValueAsync<T>(LogCall call, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await foreach (var part in _client.SendAsync(call, cancellationToken)) return Parse(part, type);
        throw NotUnderstood(null);
    }

    private static T Parse<T>(ReadOnlyMemory<byte> part, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(part.Span, type) ?? throw NotUnderstood(null);
        }
        catch (JsonException e)
        {
            throw NotUnderstood(e);
        }
    }

    private static LedgerException NotUnderstood(Exception? e) => new(
        "the gateway's answer can't be read, since it is of another version: run `tenfold infra apply --serving`", isUnreadable: true, e);

    private static NotSupportedException OnlyGateways() => new("only gateways load requests");
}
