using Tenfold.Core.Delivery;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Core.Garbage;

/// <summary>Finds versions of the agent that nothing uses any more in a folder that a target's machines share.</summary>
/// <param name="folder">The folder.</param>
/// <param name="agent">The version in use.</param>
/// <param name="retention">How long unused versions stay.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedFolderGarbage(string folder, string agent, Retention retention, TimeProvider time)
{
    private static readonly EnumerationOptions Recursive = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    /// <summary>Finds them, unless other ledgers use the folder too: this ledger doesn't know their runs.</summary>
    /// <param name="ledger">This ledger's id.</param>
    /// <param name="items">Where to add them.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="StoreException">The folder can't be read.</exception>
    public async Task FindAsync(string ledger, List<GarbageItem> items, CancellationToken cancellationToken)
    {
        var versions = new DirectoryInfo($"{folder}/{AgentBundle.Folder}");
        if (!versions.Exists || !await IsOnlyLedgerAsync(ledger, cancellationToken)) return;
        foreach (var version in versions.EnumerateDirectories())
        {
            if (version.Name == agent || IsRecent(version)) continue;
            var size = version.EnumerateFiles("*", Recursive).Sum(file => file.Length);
            items.Add(new GarbageItem(GarbageKind.Agent, "a shared folder", version.FullName, size, StoreGarbage.OldAgent)
            {
                RemoveAsync = cancellation => RemoveAsync(version, ledger, cancellation),
            });
        }
    }

    private async Task RemoveAsync(DirectoryInfo version, string ledger, CancellationToken cancellationToken)
    {
        version.Refresh();
        if (!version.Exists || IsRecent(version) || !await IsOnlyLedgerAsync(ledger, cancellationToken)) return;
        // The folder is found anew without following another user's link.
        using var versions = HeldFolder.Find(folder, AgentBundle.Folder);
        if (versions is not null) FolderRemoval.Delete(versions.Handle, version.Name, version.FullName);
    }

    private Task<bool> IsOnlyLedgerAsync(string ledger, CancellationToken cancellationToken) =>
        LedgerRegistry.IsOnlyLedgerAsync(new FolderStore(folder), ledger, cancellationToken);

    // Each submission touches the version that it uses.
    private bool IsRecent(DirectoryInfo version) => new DateTimeOffset(version.LastWriteTimeUtc) > time.GetUtcNow() - retention.Unknown;
}
