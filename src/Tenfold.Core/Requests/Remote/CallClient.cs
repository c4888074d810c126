using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;

namespace Tenfold.Core.Requests.Remote;

/// <summary>Sends calls to gateways, through the store that they share, and waits for the answers.</summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
public sealed class CallClient(IStore store, TimeProvider time)
{
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(30);

    /// <summary>The pause between two looks for an answer.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long to wait for a gateway that takes the call.</summary>
    public TimeSpan ClaimPatience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long to wait for each part of the answer.</summary>
    public TimeSpan PartPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Sends a call.</summary>
    /// <returns>The parts of the answer.</returns>
    /// <exception cref="LedgerException">No gateway answers, the call failed there, or the store can't be used.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SendAsync(
        LogCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        try
        {
            await TryAsync(async () =>
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(call, LogCallJson.Default.LogCall);
                await store.WriteAsync(CallKeys.CallOf(id), json, cancellationToken);
                await store.WriteAsync(CallKeys.Bell, Encoding.ASCII.GetBytes(id), cancellationToken);
                return true;
            });
            for (var number = 0; ; number++)
            {
                var part = await TryAsync(() => ReadAsync(id, number, cancellationToken));
                if (part[0] == (byte)PartKind.Fault) throw new LedgerException(Encoding.UTF8.GetString(part, 1, part.Length - 1), false);
                yield return part.AsMemory(1);
                if (part[0] == (byte)PartKind.Last) yield break;
            }
        }
        finally
        {
            await CleanUpAsync(id);
        }
    }

    private async Task<byte[]> ReadAsync(string id, int number, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        // A gateway that stops gives its claim back, and another one needs time to take it.
        var unclaimedSince = since;
        while (true)
        {
            if (await store.ReadAsync(CallKeys.PartOf(id, number), cancellationToken) is { Length: > 0 } part)
            {
                // The gateway goes on once the parts before are gone.
                await store.DeleteAsync(CallKeys.PartOf(id, number), cancellationToken);
                return part;
            }

            var waited = time.GetElapsedTime(since);
            var mayBeUnclaimed = number == 0 && waited > ClaimPatience;
            if (mayBeUnclaimed && await store.ExistsAsync(CallKeys.ClaimOf(id), cancellationToken)) unclaimedSince = time.GetTimestamp();
            if (waited > PartPatience || (mayBeUnclaimed && time.GetElapsedTime(unclaimedSince) > ClaimPatience))
            {
                throw new LedgerException(
                    $"no gateway answers over {store.Url}: see with `tenfold doctor` whether one runs, and with `tenfold infra apply "
                    + "--serving` that it is of this version", isUnreadable: false);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    // Also after Ctrl-C, so it doesn't take the caller's token. Gateways delete what is left.
    private async Task CleanUpAsync(string id)
    {
        using var limit = new CancellationTokenSource(CleanUpLimit, time);
        try
        {
            await store.DeleteAsync(CallKeys.CallOf(id), limit.Token);
            await store.DeleteAsync(CallKeys.AnswerOf(id), limit.Token);
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException)
        {
            // The answer is whole, or another exception is on its way.
        }
    }

    private static async Task<T> TryAsync<T>(Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (StoreException e)
        {
            throw new LedgerException(e.Message, e.IsDamaged, e);
        }
    }
}
