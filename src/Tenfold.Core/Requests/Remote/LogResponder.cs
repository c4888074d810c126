using System.Text;
using Tenfold.Core.Store;

namespace Tenfold.Core.Requests.Remote;

/// <summary>Answers calls of a request log that other machines leave in a store. Several gateways may share the work.</summary>
/// <param name="store">The store.</param>
/// <param name="log">The request log.</param>
/// <param name="time">The clock.</param>
public sealed class LogResponder(IStore store, IRequestLog log, TimeProvider time)
{
    private const int MaxAtOnce = 4;

    // A caller has given up after this time, and its answer is read by nobody. An answer that a gateway has begun may take longer: then the
    // call and its claim stay for as long as the caller may wait.
    private static readonly TimeSpan OldCall = TimeSpan.FromMinutes(10), OldAnswer = TimeSpan.FromHours(1), Longest = TimeSpan.FromDays(1);

    /// <summary>How many bytes of requests a part of an answer has at least, unless it is the last one.</summary>
    public int PartBytes { get; init; } = 4 << 20;

    private readonly List<Task> _answering = [];
    private string? _heard;

    /// <summary>Looks for new calls, and begins to answer them. Without a new call, this reads one small object.</summary>
    /// <param name="cancellationToken">Ends what was begun.</param>
    /// <exception cref="StoreException">The store can't be used: look again later.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        _answering.RemoveAll(task => task.IsCompleted);
        var bell = await store.ReadAsync(CallKeys.Bell, cancellationToken) is { } read ? Encoding.ASCII.GetString(read) : "";
        if (bell == _heard) return;
        var isDone = true;
        var now = time.GetUtcNow();
        var entries = new List<StoreEntry>();
        await foreach (var entry in store.ListAsync($"{CallKeys.Folder}/", cancellationToken)) entries.Add(entry);
        var open = IdsOf(entries, CallKeys.Open);
        var claimed = IdsOf(entries, CallKeys.Claims);
        foreach (var entry in entries)
        {
            var call = IdOf(entry, CallKeys.Open);
            var isBeingAnswered = call is not null ? claimed.Contains(call)
                : IdOf(entry, CallKeys.Claims) is { } claim && open.Contains(claim);
            var limit = isBeingAnswered ? Longest : call is not null ? OldCall : OldAnswer;
            if (entry.Key != CallKeys.Bell && now - entry.ModifiedAt > limit) await store.DeleteAsync(entry.Key, cancellationToken);
            else if (call is not null && !isBeingAnswered) isDone &= await TryTakeAsync(call, cancellationToken);
        }

        // Calls for which there was no room are found again at the next look.
        if (isDone) _heard = bell;
    }

    /// <summary>Waits until everything that was begun has ended.</summary>
    public Task EndAsync() => Task.WhenAll(_answering);

    private async Task<bool> TryTakeAsync(string id, CancellationToken cancellationToken)
    {
        if (_answering.Count >= MaxAtOnce) return false;
        if (!await store.TryCreateAsync(CallKeys.ClaimOf(id), "1"u8.ToArray(), cancellationToken)) return true;
        // Without the token here: a gateway that stops gives its claim back.
        _answering.Add(Task.Run(
            () => new CallAnswer(store, log, time, id, PartBytes).RunAsync(cancellationToken), CancellationToken.None));
        return true;
    }

    private static HashSet<string> IdsOf(List<StoreEntry> entries, string folder) =>
        [.. entries.Select(entry => IdOf(entry, folder)).OfType<string>()];

    private static string? IdOf(StoreEntry entry, string folder) =>
        entry.Key.StartsWith(folder, StringComparison.Ordinal) ? entry.Key[folder.Length..] : null;
}
