using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Artifacts;

/// <summary>What a folder holds at one time: files, links, pipes and sockets, without what links lead to.</summary>
public sealed class FolderState
{
    private readonly Dictionary<string, Stamp> _entries = new(StringComparer.Ordinal);

    private FolderState()
    {
    }

    /// <summary>Lists the folder; one that doesn't exist is empty.</summary>
    public static FolderState Of(string folder, CancellationToken cancellationToken)
    {
        var state = new FolderState();
        if (!Directory.Exists(folder)) return state;
        var walk = new TreeWalk(folder) { Index = FileIndex.Empty("", folder) };
        walk.Run(cancellationToken);
        foreach (var file in walk.Files)
            state._entries[file.Path] = new Stamp(file.Stat.SizeBytes, file.Stat.ModifiedNs, file.Stat.Executable, file.Target);
        foreach (var path in walk.Skipped) state._entries[path] = default;
        return state;
    }

    /// <summary>True when a path is not as it was in an earlier state, or was not there.</summary>
    /// <param name="earlier">The earlier state.</param>
    /// <param name="path">A path in the folder. One that this state does not have, such as a path below a link, counts as changed.</param>
    public bool HasChanged(FolderState earlier, string path) =>
        !_entries.TryGetValue(path, out var now) || !earlier._entries.TryGetValue(path, out var before) || now != before;

    private readonly record struct Stamp(long SizeBytes, long ModifiedNs, bool Executable, string? Target);
}
