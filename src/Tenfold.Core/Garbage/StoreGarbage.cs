using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Data;
using Tenfold.Core.Delivery;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Garbage;

/// <summary>What lies in a store and is of no use any more.</summary>
/// <param name="store">The store.</param>
/// <param name="attempts">All that the ledger knows, by the attempt's name.</param>
/// <param name="content">The snapshots and data from which groups of the ledger were made, by their SHA-256.</param>
/// <param name="retention">What is kept all the same.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreGarbage(
    IStore store, Dictionary<string, AttemptStatus> attempts, HashSet<string> content, Retention retention, TimeProvider time)
{
    public const string OldAgent = "an earlier version, and nothing runs or waits";

    private readonly DateTimeOffset _now = time.GetUtcNow();

    /// <summary>True when another ledger may use the store without having left its mark.</summary>
    public bool IsUsedByOthers { get; init; }

    /// <summary>The version of the agent in use; null when none may go.</summary>
    public string? Agent { get; init; }

    /// <summary>Asks the ledger anew whether a group was made from a snapshot or data.</summary>
    public required Func<string, CancellationToken, Task<bool>> IsUsedNow { get; init; }

    public async Task FindAsync(string ledger, List<GarbageItem> items, CancellationToken cancellationToken)
    {
        await foreach (var attempt in FoldersAsync("attempts", cancellationToken))
            if (await OfAttemptAsync(attempt, ledger, cancellationToken) is { } item) items.Add(item);
        // Content has no owner: only the ledger that has a store to itself can say that nobody wants it.
        if (!IsUsedByOthers && await LedgerMarks.IsAloneAsync(store, ledger, cancellationToken))
        {
            await foreach (var version in FoldersAsync(AgentBundle.Folder, cancellationToken))
                if (Agent is not null && version.Name != Agent && version.ModifiedAt < _now - retention.Unknown)
                    items.Add(Item(GarbageKind.Agent, $"{AgentBundle.Folder}/{version.Name}", version.SizeBytes, OldAgent));
            foreach (var kind in new[] { "snapshots", "data" })
                await foreach (var part in FoldersAsync(kind, cancellationToken))
                    if (OfContent(kind, part) is { } item) items.Add(item);
        }

        if (store is IStoreLeftovers leftovers)
        {
            await foreach (var left in leftovers.LeftoversAsync(_now - retention.Leftovers, cancellationToken))
                items.Add(Item(GarbageKind.Leftover, left.Name, left.SizeBytes, "a write that broke off", cancellation => leftovers.RemoveAsync(left, cancellation)));
        }
    }

    /// <summary>Why a run will not go on from its checkpoints; null when it may.</summary>
    public static string? WhyNoCheckpoints(AttemptStatus attempt, Retention retention, DateTimeOffset now) => attempt.RunState switch
    {
        RunState.Succeeded => "its run has succeeded",
        RunState.Failed or RunState.Cancelled when attempt.RunEndedAt < now - retention.Checkpoints =>
            $"its run {(attempt.RunState == RunState.Failed ? "failed" : "was cancelled")} more than {retention.Checkpoints.TotalDays:0.##} days ago",
        _ => null,
    };

    private async Task<GarbageItem?> OfAttemptAsync(Folder attempt, string ledger, CancellationToken cancellationToken)
    {
        if (attempts.TryGetValue(attempt.Name, out var standing))
        {
            return attempt.CheckpointBytes is { } size && WhyNoCheckpoints(standing, retention, _now) is { } why
                ? Item(GarbageKind.Checkpoints, AttemptKeys.Checkpoints(attempt.Name), size, why)
                : null;
        }

        if (attempt.ModifiedAt > _now - retention.Unknown || await OwnerAsync(attempt.Name, cancellationToken) != ledger) return null;
        return Item(GarbageKind.Attempt, $"attempts/{attempt.Name}", attempt.SizeBytes, "the ledger that made it does not know it any more");
    }

    private GarbageItem? OfContent(string kind, Folder part)
    {
        var id = part.Name;
        return content.Contains(id) || part.ModifiedAt > _now - retention.Unknown
            ? null
            : Item(
                GarbageKind.Content, $"{kind}/{id}", part.SizeBytes, $"no group of the ledger was made from {(kind == "data" ? "this data" : "this snapshot")}",
                cancellation => RemoveContentAsync(kind, id, cancellation));
    }

    // Somebody may have taken it up again since: what is there is not brought there anew.
    private async Task RemoveContentAsync(string kind, string id, CancellationToken cancellationToken)
    {
        var use = kind == "data" ? ContentUse.OfData(id) : ContentUse.OfSnapshot(id);
        if (await IsUsedNow(id, cancellationToken) || await ContentUse.ReadAsync(store, use, cancellationToken) > time.GetUtcNow() - retention.Unknown) return;
        // First what says that the rest is there.
        await store.DeleteAsync(kind == "data" ? DataManifest.ManifestKey(id) : Snapshot.ManifestKey(id), cancellationToken);
        await store.DeleteAsync(kind == "data" ? DataManifest.Folder(id) : Snapshot.ArchiveKey(id), cancellationToken);
        await store.DeleteAsync(use, cancellationToken);
    }

    private async Task<string?> OwnerAsync(string attempt, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.ReadAsync(AttemptKeys.Assignment(attempt), cancellationToken) is { } json)
                return JsonSerializer.Deserialize(json, AttemptJson.Default.Assignment)?.Ledger;
            return (await new AttemptReports(store).ReadAsync(attempt, cancellationToken))?.Ledger;
        }
        catch (Exception e) when (e is JsonException or StoreException { IsDamaged: true })
        {
            return null; // nobody knows whose it is
        }
    }

    private GarbageItem Item(GarbageKind kind, string name, long? size, string why, Func<CancellationToken, Task>? remove = null) =>
        new(kind, store.Url, name, size, why) { RemoveAsync = remove ?? (cancellation => store.DeleteAsync(name, cancellation)) };

    private async IAsyncEnumerable<Folder> FoldersAsync(string below, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Folder? current = null;
        await foreach (var entry in store.ListAsync(below, cancellationToken))
        {
            var path = entry.Key[(below.Length + 1)..];
            // snapshots/<id>.json, <id>.tar.gz and <id>.used are one; data/<id>/… and the others are folders.
            var name = path.Split(below == "snapshots" ? '.' : '/')[0];
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
