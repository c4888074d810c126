using System.Runtime.CompilerServices;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Data;
using Tenfold.Core.Delivery;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Garbage;

/// <summary>Finds what nothing needs any more in a store.</summary>
/// <param name="store">The store.</param>
/// <param name="attempts">Every attempt of the ledger, by name.</param>
/// <param name="content">The snapshots and data that groups of the ledger refer to, by their SHA-256.</param>
/// <param name="retention">How long garbage stays.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreGarbage(
    IStore store, Dictionary<string, AttemptStatus> attempts, HashSet<string> content, Retention retention, TimeProvider time)
{
    public const string OldAgent = "an earlier version, and nothing runs or waits";
    private const string Snapshots = "snapshots", Data = "data";

    private readonly DateTimeOffset _now = time.GetUtcNow();

    /// <summary>True when another ledger may use the store without being registered there.</summary>
    public bool MayBeShared { get; init; }

    /// <summary>The version of the agent in use; null when no version may go.</summary>
    public string? Agent { get; init; }

    /// <summary>Asks the ledger again whether a group refers to a snapshot or data.</summary>
    public required Func<string, CancellationToken, Task<bool>> IsUsedNow { get; init; }

    /// <summary>Finds all of it.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="items">Where to add it.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task FindAsync(string ledger, List<GarbageItem> items, CancellationToken cancellationToken)
    {
        var readers = new PackageListUse(store);
        await foreach (var attempt in ListFoldersAsync("attempts", cancellationToken))
        {
            if (await JudgeAttemptAsync(attempt, ledger, cancellationToken) is { } item) items.Add(item);
            if (attempts.ContainsKey(attempt.Name)) readers.Add(attempt.Name, attempt.ModifiedAt);
        }

        var isOnlyLedger = !MayBeShared && await LedgerRegistry.IsOnlyLedgerAsync(store, ledger, cancellationToken);
        await new EnvironmentGarbage(store, retention.Environments, time).FindAsync(ledger, isOnlyLedger, items, cancellationToken);
        // Agents, snapshots and data don't name the ledger that uses them. So they go only when one ledger uses the store.
        if (isOnlyLedger)
        {
            await foreach (var version in ListFoldersAsync(AgentBundle.Folder, cancellationToken))
                if (Agent is not null && version.Name != Agent && version.ModifiedAt < _now - retention.Unknown)
                    items.Add(Item(GarbageKind.Agent, $"{AgentBundle.Folder}/{version.Name}", version.SizeBytes, OldAgent));
            foreach (var kind in new[] { Snapshots, Data })
                await foreach (var folder in ListFoldersAsync(kind, cancellationToken))
                    if (JudgeContent(kind, folder) is { } item) items.Add(item);
            await foreach (var list in ListFoldersAsync(RunEnvironment.PackagesFolder, cancellationToken))
                if (await JudgePackagesAsync(list, readers, cancellationToken) is { } item) items.Add(item);
        }

        if (store is not IIncompleteWrites writes) return;
        await foreach (var write in writes.ListIncompleteAsync(_now - retention.IncompleteWrites, cancellationToken))
        {
            items.Add(Item(
                GarbageKind.Leftover, write.Name, write.SizeBytes, "an interrupted write",
                cancellation => writes.RemoveIncompleteAsync(write, cancellation)));
        }
    }

    /// <summary>Why a run won't resume from its checkpoints; null when it may.</summary>
    public static string? WhyNoCheckpoints(AttemptStatus attempt, Retention retention, DateTimeOffset now) => attempt.RunState switch
    {
        RunState.Succeeded => "its run has succeeded",
        RunState.Failed when attempt.RunEndedAt < now - retention.Checkpoints =>
            $"its run failed more than {retention.Checkpoints.TotalDays:0.##} days ago",
        RunState.Cancelled when attempt.RunEndedAt < now - retention.Checkpoints =>
            $"its run was cancelled more than {retention.Checkpoints.TotalDays:0.##} days ago",
        _ => null,
    };

    private async Task<GarbageItem?> JudgeAttemptAsync(Folder folder, string ledger, CancellationToken cancellationToken)
    {
        if (attempts.TryGetValue(folder.Name, out var status))
        {
            return folder.CheckpointBytes is { } size && WhyNoCheckpoints(status, retention, _now) is { } why
                ? Item(GarbageKind.Checkpoints, AttemptKeys.Checkpoints(folder.Name), size, why)
                : null;
        }

        if (folder.ModifiedAt > _now - retention.Unknown || await FindOwnerAsync(folder.Name, cancellationToken) != ledger) return null;
        return Item(GarbageKind.Attempt, $"attempts/{folder.Name}", folder.SizeBytes, "the ledger that made it no longer has it");
    }

    private GarbageItem? JudgeContent(string kind, Folder folder)
    {
        var id = folder.Name;
        if (content.Contains(id) || folder.ModifiedAt > _now - retention.Unknown) return null;
        return Item(
            GarbageKind.Content, $"{kind}/{id}", folder.SizeBytes,
            $"no group of the ledger was made from {(kind == Data ? "this data" : "this snapshot")}",
            cancellation => RemoveContentAsync(kind, id, cancellation));
    }

    private async Task<GarbageItem?> JudgePackagesAsync(Folder list, PackageListUse readers, CancellationToken cancellationToken)
    {
        if (list.ModifiedAt > _now - retention.Unknown) return null;
        if (await readers.IsUsedAsync(Path.GetFileNameWithoutExtension(list.Name), list.ModifiedAt, cancellationToken)) return null;
        var key = $"{RunEnvironment.PackagesFolder}/{list.Name}";
        return Item(GarbageKind.Content, key, list.SizeBytes, "no attempt of the ledger ran with these packages", RemoveAsync);

        // An agent writes the list again when an attempt runs with these packages.
        async Task RemoveAsync(CancellationToken cancellation)
        {
            await foreach (var entry in store.ListAsync(RunEnvironment.PackagesFolder, cancellation))
                if (entry.Key == key && entry.ModifiedAt > time.GetUtcNow() - retention.Unknown) return;
            await store.DeleteAsync(key, cancellation);
        }
    }

    private async Task RemoveContentAsync(string kind, string id, CancellationToken cancellationToken)
    {
        // Another process may have found the content in the store since the scan, and so not upload it again.
        var useKey = kind == Data ? DataManifest.UseKey(id) : Snapshot.UseKey(id);
        if (await IsUsedNow(id, cancellationToken)) return;
        if (await ContentUse.ReadAsync(store, useKey, cancellationToken) > time.GetUtcNow() - retention.Unknown) return;
        // The manifest goes first: while it exists, readers expect the rest to exist.
        await store.DeleteAsync(kind == Data ? DataManifest.ManifestKey(id) : Snapshot.ManifestKey(id), cancellationToken);
        await store.DeleteAsync(kind == Data ? DataManifest.Folder(id) : Snapshot.ArchiveKey(id), cancellationToken);
        await store.DeleteAsync(useKey, cancellationToken);
    }

    /// <summary>The id of the ledger that made an attempt; null when the attempt's files don't say.</summary>
    private async Task<string?> FindOwnerAsync(string attempt, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.ReadAsync(AttemptKeys.Assignment(attempt), cancellationToken) is { } json)
                return JsonSerializer.Deserialize(json, AttemptJson.Default.Assignment)?.Ledger;
            return (await new AttemptReports(store).ReadAsync(attempt, cancellationToken))?.Ledger;
        }
        catch (Exception e) when (e is JsonException or StoreException { IsDamaged: true })
        {
            return null;
        }
    }

    private GarbageItem Item(GarbageKind kind, string name, long? size, string why, Func<CancellationToken, Task>? remove = null) =>
        new(kind, store.Url, name, size, why) { RemoveAsync = remove ?? (cancellation => store.DeleteAsync(name, cancellation)) };

    /// <summary>Sums up the objects below a key by attempt, version or hash.</summary>
    private async IAsyncEnumerable<Folder> ListFoldersAsync(string below, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Folder? current = null;
        await foreach (var entry in store.ListAsync(below, cancellationToken))
        {
            var path = entry.Key[(below.Length + 1)..];
            // A snapshot is <id>.json, <id>.tar.gz and <id>.used; everything else is a folder.
            var name = path.Split(below == Snapshots ? '.' : '/')[0];
            if (current is not null && current.Name != name) yield return current;
            if (current?.Name != name) current = new Folder(name, 0, null, entry.ModifiedAt);
            var isCheckpoint = path.AsSpan(name.Length).StartsWith("/checkpoints/");
            current = current with
            {
                SizeBytes = current.SizeBytes + entry.SizeBytes,
                CheckpointBytes = isCheckpoint ? (current.CheckpointBytes ?? 0) + entry.SizeBytes : current.CheckpointBytes,
                ModifiedAt = entry.ModifiedAt > current.ModifiedAt ? entry.ModifiedAt : current.ModifiedAt,
            };
        }

        if (current is not null) yield return current;
    }

    private sealed record Folder(string Name, long SizeBytes, long? CheckpointBytes, DateTimeOffset ModifiedAt);
}
