using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;

namespace Tenfold.Core.Versions;

/// <summary>
/// A state in a store that several machines share. Revision <c>n</c> is one object with the whole state, and nothing ever changes or
/// removes it. Thread-safe.
/// </summary>
/// <remarks>
/// A change creates the object of the next revision, and a store lets exactly one of several writers create it. The others read it, and
/// try again with what it says. To look for a change is to read one object that does not exist yet.
/// </remarks>
/// <typeparam name="T">The state, which is never changed.</typeparam>
/// <param name="store">The store.</param>
/// <param name="folder">The folder of the objects, without a slash at its end.</param>
/// <param name="json">How the state is written.</param>
/// <param name="initial">The state before the first change: revision 0.</param>
public sealed class StoreRevisions<T>(IStore store, string folder, JsonTypeInfo<T> json, T initial)
    where T : class
{
    private const string Extension = ".json";
    private const int MaxTries = 100;
    private readonly Lock _gate = new();
    private volatile StoreRevision<T>? _known;

    /// <summary>Reads the newest revision.</summary>
    /// <exception cref="LedgerException">The store can't be used, or the state can't be read.</exception>
    public async Task<StoreRevision<T>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CatchUpAsync(cancellationToken);
        }
        catch (StoreException e)
        {
            throw new LedgerException(e.Message, e.IsDamaged, e);
        }
    }

    /// <summary>Makes a change.</summary>
    /// <param name="change">
    /// Makes the next state from the newest one; null when there is nothing to record. It is called again when another process was faster.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False when the change was null, and nothing was recorded.</returns>
    /// <exception cref="LedgerException">The store can't be used, or the state can't be read.</exception>
    public async Task<bool> ChangeAsync(Func<T, T?> change, CancellationToken cancellationToken)
    {
        try
        {
            for (var number = 0; number < MaxTries; number++)
            {
                var known = await CatchUpAsync(cancellationToken);
                if (change(known.State) is not { } next) return false;
                var written = JsonSerializer.SerializeToUtf8Bytes(next, json);
                if (!await store.TryCreateAsync(KeyOf(known.Number + 1), written, cancellationToken)) continue;
                Remember(new StoreRevision<T>(known.Number + 1, next));
                return true;
            }
        }
        catch (StoreException e)
        {
            throw new LedgerException(e.Message, e.IsDamaged, e);
        }

        throw new LedgerException($"other processes change {store.Url}/{folder} all the time: try again", isUnreadable: false);
    }

    private string KeyOf(long revision) => string.Create(CultureInfo.InvariantCulture, $"{folder}/{revision:D12}{Extension}");

    // Several callers may do this at once: what they find is the same, and the newest counts.
    private async Task<StoreRevision<T>> CatchUpAsync(CancellationToken cancellationToken)
    {
        var known = _known ?? await FindNewestAsync(cancellationToken);
        while (await FetchAsync(known.Number + 1, cancellationToken) is { } next) known = new StoreRevision<T>(known.Number + 1, next);
        return Remember(known);
    }

    // The first time, the newest object is found by its name; each has the whole state.
    private async Task<StoreRevision<T>> FindNewestAsync(CancellationToken cancellationToken)
    {
        var newest = 0L;
        await foreach (var entry in store.ListAsync($"{folder}/", cancellationToken))
        {
            var name = entry.Key[(folder.Length + 1)..];
            if (name.EndsWith(Extension, StringComparison.Ordinal) && long.TryParse(
                name[..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var revision) && revision > newest)
                newest = revision;
        }

        return newest > 0 && await FetchAsync(newest, cancellationToken) is { } state
            ? new StoreRevision<T>(newest, state) : new StoreRevision<T>(0, initial);
    }

    private StoreRevision<T> Remember(StoreRevision<T> found)
    {
        lock (_gate)
        {
            if (_known is null || _known.Number < found.Number) _known = found;
            return _known;
        }
    }

    private async Task<T?> FetchAsync(long revision, CancellationToken cancellationToken)
    {
        var key = KeyOf(revision);
        if (await store.ReadAsync(key, cancellationToken) is not { } written) return null;
        try
        {
            return JsonSerializer.Deserialize(written, json)
                ?? throw new LedgerException($"{store.Url}/{key} is damaged: it is empty", isUnreadable: true);
        }
        catch (JsonException e)
        {
            throw new LedgerException(
                $"{store.Url}/{key} can't be read ({e.Message}): a newer version of Tenfold wrote it, or it is damaged",
                isUnreadable: true, e);
        }
    }
}

/// <summary>A state of <see cref="StoreRevisions{T}"/>.</summary>
/// <typeparam name="T">The state.</typeparam>
/// <param name="Number">The revision; 0 before the first change.</param>
/// <param name="State">The state.</param>
public sealed record StoreRevision<T>(long Number, T State);
