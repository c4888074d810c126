using System.Text.Json;
using Tenfold.Core.Environments;
using Tenfold.Core.Store;

namespace Tenfold.Core.Garbage;

/// <summary>Finds environments in a store that no run has used for long, and those whose upload was never completed.</summary>
/// <param name="store">The store.</param>
/// <param name="age">How long an environment stays after its last use.</param>
/// <param name="time">The clock.</param>
internal sealed class EnvironmentGarbage(IStore store, TimeSpan age, TimeProvider time)
{
    /// <summary>Finds them.</summary>
    /// <param name="ledger">The ledger's id: those that another ledger's attempts made stay.</param>
    /// <param name="isOnlyLedger">True when no other ledger uses the store. Then those that name no ledger can go too.</param>
    /// <param name="items">Where to add them.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task FindAsync(string ledger, bool isOnlyLedger, List<GarbageItem> items, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - age;
        var folders = new Dictionary<string, (long SizeBytes, DateTimeOffset UsedAt)>();
        await foreach (var entry in store.ListAsync(StoredEnvironment.Folder, cancellationToken))
        {
            var id = entry.Key.Split('/')[1];
            var (size, usedAt) = folders.GetValueOrDefault(id);
            folders[id] = (size + entry.SizeBytes, entry.ModifiedAt > usedAt ? entry.ModifiedAt : usedAt);
        }

        foreach (var (id, folder) in folders.Where(folder => folder.Value.UsedAt < since))
        {
            var owner = await FindOwnerAsync(id, cancellationToken);
            if (owner != ledger && !(isOnlyLedger && owner is null)) continue;
            items.Add(new GarbageItem(
                GarbageKind.Content, store.Url, StoredEnvironment.FolderOf(id), folder.SizeBytes,
                $"no run has used this environment for {age.TotalDays:0.##} days")
            {
                RemoveAsync = cancellation => RemoveAsync(id, cancellation),
            });
        }
    }

    private async Task<string?> FindOwnerAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(StoredEnvironment.RecordKey(id), cancellationToken) is { } json
                ? JsonSerializer.Deserialize(json, EnvironmentJson.Default.StoredEnvironment)?.Ledger
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        // A run may use it since the scan. One that reads the archive now goes on, or builds the environment itself.
        if (await ContentUse.ReadAsync(store, StoredEnvironment.UseKey(id), cancellationToken) > time.GetUtcNow() - age) return;
        await store.DeleteAsync(StoredEnvironment.RecordKey(id), cancellationToken);
        await store.DeleteAsync(StoredEnvironment.FolderOf(id), cancellationToken);
    }
}
