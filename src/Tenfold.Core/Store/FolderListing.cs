using Tenfold.Core.Platform;

namespace Tenfold.Core.Store;

/// <summary>
/// Lists the files below a folder of a store, in the order of their keys as texts: <c>a.txt</c> before <c>a/b</c>. Links of other users,
/// pipes and devices are no objects.
/// </summary>
/// <param name="root">The store's folder.</param>
/// <param name="start">The key of the folder; empty for the whole store.</param>
internal sealed class FolderListing(string root, string start) : IDisposable
{
    private readonly Stack<Level> _levels = new();
    private bool _started;

    /// <summary>The next object; null at the end.</summary>
    /// <exception cref="IOException">A folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read a folder.</exception>
    public StoreEntry? Next()
    {
        if (!_started) Enter(start);
        _started = true;
        while (_levels.TryPeek(out var level))
        {
            if (!level.Entries.TryDequeue(out var entry))
            {
                _levels.Pop().Folder.Dispose();
                continue;
            }

            var key = level.Prefix + entry.Name;
            // A file may be removed while the folder is listed.
            if (entry.IsFolder) Enter(key);
            else if (level.Folder.Stat(entry.Name) is { Kind: FileKind.File } stat)
                return new StoreEntry(key, stat.SizeBytes, stat.ModifiedAt);
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_levels.TryPop(out var level)) level.Folder.Dispose();
    }

    private void Enter(string key)
    {
        var folder = HeldFolder.Find(root, key);
        if (folder is null) return;
        var prefix = key.Length == 0 ? "" : key + "/";
        _levels.Push(new Level(folder, prefix, new Queue<(string, bool)>()));
        var entries = folder.List()
            .Where(entry => entry.Kind is FileKind.File or FileKind.Folder)
            .Where(entry => prefix.Length > 0 || entry.Text != FolderWriter.TemporaryFolder)
            .Select(entry => (Name: entry.Text, IsFolder: entry.Kind == FileKind.Folder))
            .OrderBy(entry => entry.IsFolder ? entry.Name + "/" : entry.Name, StringComparer.Ordinal);
        foreach (var entry in entries) _levels.Peek().Entries.Enqueue(entry);
    }

    private sealed record Level(HeldFolder Folder, string Prefix, Queue<(string Name, bool IsFolder)> Entries);
}
