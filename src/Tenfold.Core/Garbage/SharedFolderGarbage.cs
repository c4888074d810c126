using Tenfold.Core.Delivery;
using Tenfold.Core.Store;

namespace Tenfold.Core.Garbage;

/// <summary>Versions of the agent in a folder that a target's machines share, and that nobody uses any more.</summary>
/// <param name="folder">The folder.</param>
/// <param name="agent">The version in use.</param>
/// <param name="retention">What is kept all the same.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedFolderGarbage(string folder, string agent, Retention retention, TimeProvider time)
{
    /// <summary>Finds them, where this ledger is the only one that brings agents there: what others run and wait for is not known here.</summary>
    /// <exception cref="StoreException">The folder can't be read.</exception>
    public async Task FindAsync(string ledger, List<GarbageItem> items, CancellationToken cancellationToken)
    {
        var versions = new DirectoryInfo($"{folder}/{AgentBundle.Folder}");
        if (!versions.Exists || !await LedgerMarks.IsAloneAsync(new FolderStore(folder), ledger, cancellationToken)) return;
        foreach (var version in versions.EnumerateDirectories())
        {
            // Whoever hands something over touches the version that it uses.
            if (version.Name == agent || IsInUse(version)) continue;
            var size = version.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Sum(file => file.Length);
            items.Add(new GarbageItem(GarbageKind.Agent, "a shared folder", version.FullName, size, StoreGarbage.OldAgent)
            {
                RemoveAsync = async cancellation =>
                {
                    version.Refresh();
                    if (version.Exists && !IsInUse(version) && await LedgerMarks.IsAloneAsync(new FolderStore(folder), ledger, cancellation)) version.Delete(recursive: true);
                },
            });
        }
    }

    private bool IsInUse(DirectoryInfo version) => new DateTimeOffset(version.LastWriteTimeUtc) > time.GetUtcNow() - retention.Unknown;
}
