using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tenfold.Core.Store;

namespace Tenfold.Core.Requests.Remote;

/// <summary>The answer of a gateway to one call.</summary>
/// <param name="store">The store.</param>
/// <param name="log">The request log.</param>
/// <param name="time">The clock.</param>
/// <param name="id">The call's id.</param>
/// <param name="partBytes">How many bytes of requests a part has at least.</param>
internal sealed class CallAnswer(IStore store, IRequestLog log, TimeProvider time, string id, int partBytes)
{
    private const int RowsInPart = 20_000, PartsAhead = 8, FeedbackAtOnce = 1000;
    private static readonly LogCallJson Json = LogCallJson.Default;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300), ReaderPatience = TimeSpan.FromMinutes(2);

    // A gateway that stops has about 30 s.
    private static readonly TimeSpan GiveBackLimit = TimeSpan.FromSeconds(10);
    private int _number;
    private bool _isWriting, _isAnswered;

    /// <summary>Carries out the call, and writes its answer. A gateway that stops leaves the call to others.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await store.ReadAsync(CallKeys.CallOf(id), cancellationToken) is not { } json) return;
            if (await AnswerAsync(json, cancellationToken) is { } fault)
                await WriteAsync(PartKind.Fault, Encoding.UTF8.GetBytes(fault), cancellationToken);
            _isAnswered = true;
            await EndAsync(cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            await TryGiveBackAsync();
        }
        catch (StoreException)
        {
            // The caller uses the same store, and asks again.
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await store.DeleteAsync(CallKeys.CallOf(id), cancellationToken);
        await store.DeleteAsync(CallKeys.ClaimOf(id), cancellationToken);
    }

    private async Task TryGiveBackAsync()
    {
        using var limit = new CancellationTokenSource(GiveBackLimit, time);
        try
        {
            if (!_isAnswered && _number == 0 && !_isWriting)
            {
                await store.DeleteAsync(CallKeys.ClaimOf(id), limit.Token);
                // Gateways that have heard the call's own bell look again.
                await store.WriteAsync(CallKeys.Bell, Encoding.ASCII.GetBytes($"{Guid.NewGuid():N}"), limit.Token);
                return;
            }

            if (!_isAnswered) await WriteStoppedAsync(limit.Token);
            await EndAsync(limit.Token);
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException)
        {
            // The caller waits for its own limit.
        }
    }

    // Another gateway's answer may differ, so it can't continue this one. The caller may have read the part that was being written.
    private async Task WriteStoppedAsync(CancellationToken cancellationToken)
    {
        byte[] fault = [(byte)PartKind.Fault, .. "the gateway stopped during its answer: run the command again"u8];
        for (var number = _number; number <= (_isWriting ? _number + 1 : _number); number++)
            await store.WriteAsync(CallKeys.PartOf(id, number), fault, cancellationToken);
    }

    // Returns why the call failed.
    private async Task<string?> AnswerAsync(byte[] json, CancellationToken cancellationToken)
    {
        try
        {
            var call = JsonSerializer.Deserialize(json, Json.LogCall)!;
            ReadOnlyMemory<byte>? last = null;
            await foreach (var part in PartsOf(call, cancellationToken))
            {
                if (last is { } before && !await WriteAsync(PartKind.More, before, cancellationToken)) return null;
                last = part;
            }

            await WriteAsync(PartKind.Last, last ?? default, cancellationToken);
            return null;
        }
        catch (JsonException)
        {
            return "the gateway does not know this call, since it is of another version: run `tenfold infra apply --serving`";
        }
        catch (Exception e) when (e is not StoreException && !cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, the caller must know it, and the gateway must go on.
            return e.Message;
        }
    }

    private IAsyncEnumerable<ReadOnlyMemory<byte>> PartsOf(LogCall call, CancellationToken cancellationToken) => call switch
    {
        LogCall.Read read => RequestsAsync(log.ReadAsync(read.Query, cancellationToken)),
        LogCall.Find find => RequestsAsync(FindAsync(find.Id, cancellationToken)),
        LogCall.Summarize of => RowsAsync(
            log.SummarizeAsync(of.Model, of.Since, of.Until, cancellationToken), Json.IReadOnlyListVersionTraffic),
        LogCall.Aggregate of => RowsAsync(log.AggregateAsync(of.Query, cancellationToken), Json.IReadOnlyListKeyOutcome),
        LogCall.Models => RowsAsync(log.ListModelsAsync(cancellationToken), Json.IReadOnlyListString),
        LogCall.Spools => RowsAsync(log.ListSpoolsAsync(cancellationToken), Json.IReadOnlyListLoadedSpool),
        LogCall.FeedbackOf of => RowsAsync(log.ListFeedbackAsync(of.Request, cancellationToken), Json.IReadOnlyListFeedback),
        LogCall.AddFeedback add => ValueAsync(AddAsync(add.Values, cancellationToken), Json.FeedbackCounts),
        LogCall.Delete delete => ValueAsync(log.DeleteAsync(delete.Model, delete.Before, cancellationToken), Json.Int64),
        LogCall.DeleteVersion delete => ValueAsync(
            log.DeleteVersionAsync(delete.Model, delete.Version, cancellationToken), Json.Int64),
        _ => throw new JsonException(),
    };

    // A caller that has gone reads no more parts. Then the gateway stops, so that the store does not fill up.
    private async Task<bool> WriteAsync(PartKind kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        // The caller takes its call back when it is interrupted.
        if (_number > 0 && !await store.ExistsAsync(CallKeys.CallOf(id), cancellationToken)) return await WithdrawAsync(cancellationToken);
        var since = time.GetTimestamp();
        while (_number >= PartsAhead && await store.ExistsAsync(CallKeys.PartOf(id, _number - PartsAhead), cancellationToken))
        {
            if (time.GetElapsedTime(since) > ReaderPatience) return await WithdrawAsync(cancellationToken);
            await Task.Delay(Pause, time, cancellationToken);
        }

        _isWriting = true;
        await store.WriteAsync(CallKeys.PartOf(id, _number), (byte[])[(byte)kind, .. content.Span], cancellationToken);
        _isWriting = false;
        _number++;
        return true;
    }

    private async Task<bool> WithdrawAsync(CancellationToken cancellationToken)
    {
        await store.DeleteAsync(CallKeys.AnswerOf(id), cancellationToken);
        return false;
    }

    private async IAsyncEnumerable<LoggedRequest> FindAsync(Guid request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await log.FindAsync(request, cancellationToken) is { } found) yield return found;
    }

    private async Task<FeedbackCounts> AddAsync(IReadOnlyList<Feedback> values, CancellationToken cancellationToken)
    {
        var counts = FeedbackCounts.None;
        foreach (var some in values.Chunk(FeedbackAtOnce)) counts += await log.AddFeedbackAsync(some, cancellationToken);
        return counts;
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> RequestsAsync(IAsyncEnumerable<LoggedRequest> requests)
    {
        var part = new ArrayBufferWriter<byte>();
        await foreach (var request in requests)
        {
            RequestPart.Write(part, request);
            if (part.WrittenCount < partBytes) continue;
            yield return part.WrittenMemory;
            part = new ArrayBufferWriter<byte>();
        }

        if (part.WrittenCount > 0) yield return part.WrittenMemory;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> RowsAsync<T>(
        Task<IReadOnlyList<T>> rows, JsonTypeInfo<IReadOnlyList<T>> type)
    {
        foreach (var some in (await rows).Chunk(RowsInPart))
            yield return JsonSerializer.SerializeToUtf8Bytes(some, type);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ValueAsync<T>(Task<T> value, JsonTypeInfo<T> type)
    {
        yield return JsonSerializer.SerializeToUtf8Bytes(await value, type);
    }
}
