using System.Collections.Concurrent;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Brings snapshots to this machine once each, checked file by file, and gives every attempt a copy of its own.</summary>
/// <param name="folder">Where they are kept.</param>
/// <param name="store">Where they come from.</param>
public sealed class SnapshotCache(string folder, IStore store)
{
    private readonly SnapshotReader _reader = new(store);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _fetching = new();

    /// <summary>Copies a snapshot's files into a new folder.</summary>
    /// <returns>What went wrong and what to do; null when they are there.</returns>
    public async Task<string?> CopyAsync(string id, string destination, CancellationToken cancellationToken)
    {
        var place = Path.Combine(folder, id);
        var gate = _fetching.GetOrAdd(id, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (!Directory.Exists(place))
            {
                Directory.CreateDirectory(folder);
                if ((await _reader.ExtractAsync(id, place, cancellationToken)).Fault is { } fault) return fault;
            }
        }
        finally
        {
            gate.Release();
        }

        Copy(new DirectoryInfo(place), destination, cancellationToken);
        return null;
    }

    private static void Copy(DirectoryInfo from, string to, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Directory.CreateDirectory(to);
        foreach (var entry in from.EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link) File.CreateSymbolicLink(target, link);
            else if (entry is DirectoryInfo inner) Copy(inner, target, cancellationToken);
            else ((FileInfo)entry).CopyTo(target);
        }
    }
}
