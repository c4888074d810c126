using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Checkpoints;

/// <summary>
/// Brings what an attempt writes to its checkpoint folder into the store, set by set. Not safe for several threads at once.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="attempt">The attempt, of which this process is the only one.</param>
/// <param name="folder">The checkpoint folder.</param>
/// <param name="time">The clock.</param>
/// <remarks>
/// The two newest sets are kept, so that damage to one leaves the other; what neither names is removed, after the newer one is whole. A
/// SIGKILL leaves at worst objects that no set names, which go with the attempt.
/// </remarks>
public sealed class CheckpointWriter(IStore store, string attempt, string folder, TimeProvider time)
{
    private const int MaxUnsettled = 2, CalmTries = 20;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1), Calm = TimeSpan.FromMilliseconds(100);

    // Beside the checkpoints: copies of files that are written continually.
    private readonly string _copies = $"{folder}.copies";

    private Dictionary<string, Entry> _last = [];
    private List<(int Number, List<CheckpointFile> Files)> _sets = [];
    private HashSet<int> _objects = [];
    private int _set, _object, _unsettled;

    /// <summary>Saves what changed since the last set, unless nothing changed or a file is being written just now.</summary>
    /// <param name="isLast">True when the command has ended, so that no file is being written any more.</param>
    /// <param name="cancellationToken">Stops it; whole sets stay.</param>
    /// <returns>True when a new set is in the store.</returns>
    /// <exception cref="StoreException">The store can't be written; call again later.</exception>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public async Task<bool> SaveAsync(bool isLast, CancellationToken cancellationToken)
    {
        var found = Scan(cancellationToken);
        if (found.Count == 0 || IsAsBefore(found)) return false;
        if (!isLast)
        {
            await Task.Delay(Settling, time, cancellationToken);
            var settled = Scan(cancellationToken);
            var isSettled = Same(found, settled);
            // A script that writes all the time (short epochs, a log among its checkpoints) has no quiet moment: then each file in a moment
            // of its own.
            _unsettled = isSettled ? 0 : _unsettled + 1;
            if (!isSettled && _unsettled < MaxUnsettled) return false;
            if (!isSettled) found = await CopyUnsettledAsync(found, settled, cancellationToken);
            if (found.Count == 0 || IsAsBefore(found)) return false;
        }

        if (await UploadAsync(found, cancellationToken) is not { } files) return false;
        var number = ++_set;
        var set = new CheckpointSet { SavedAt = time.GetUtcNow(), Files = files };
        await store.WriteAsync(CheckpointSet.ManifestKey(attempt, number), set.ToJson(), cancellationToken);
        _last = found;
        _sets.Add((number, files));
        await RemoveSupersededAsync(cancellationToken);
        return true;
    }

    private Dictionary<string, Entry> Scan(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) return [];
        var walk = new TreeWalk(folder) { Index = FileIndex.Empty("", folder) };
        walk.Run(cancellationToken);
        var found = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var file in walk.Files)
        {
            // A link out of the folder would lead nowhere on another machine.
            if (file.Target is { } target && SafePath.LinkFault(file.Path, target) is not null) continue;
            found[file.Path] = new Entry(file.Stat, file.Target, _last.GetValueOrDefault(file.Path)?.File);
        }

        return found;
    }

    private static bool Same(Dictionary<string, Entry> one, Dictionary<string, Entry> other) =>
        one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out var there) && there.IsAs(entry.Value));

    private bool IsAsBefore(Dictionary<string, Entry> found) => Same(found, _last);

    // A file without a quiet moment keeps the content that it had in the last set, if it was in that set.
    private async Task<Dictionary<string, Entry>> CopyUnsettledAsync(
        Dictionary<string, Entry> first, Dictionary<string, Entry> second, CancellationToken cancellationToken)
    {
        var each = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var (path, entry) in second)
        {
            if (first.TryGetValue(path, out var before) && before.IsAs(entry)) each[path] = entry;
            else if (await CopyAsync(path, each.Count, cancellationToken) is { } copied) each[path] = copied;
            else if (_last.TryGetValue(path, out var saved)) each[path] = saved;
        }

        return each;
    }

    /// <summary>Copies a file that is written continually, in a moment in which it does not change; null when there is none.</summary>
    private async Task<Entry?> CopyAsync(string path, int number, CancellationToken cancellationToken)
    {
        var (source, copy) = ($"{folder}/{path}", $"{_copies}/{number}");
        Directory.CreateDirectory(_copies);
        for (var i = 0; i < CalmTries; i++)
        {
            if (Posix.Stat(source, follow: false, out var before) == 0)
            {
                await Task.Delay(Calm, time, cancellationToken);
                if (IsStill(before) && TryCopy(source, copy) && IsStill(before)) return new Entry(before, null, null) { Copy = copy };
            }
            else await Task.Delay(Calm, time, cancellationToken);
        }

        return null;

        bool IsStill(FileStat before) => Posix.Stat(source, follow: false, out var now) == 0 && now == before;
    }

    private static bool TryCopy(string source, string copy)
    {
        try
        {
            File.Copy(source, copy, overwrite: true);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false; // It was removed, and will be written again.
        }
    }

    /// <summary>Uploads what is new; null when a file changed meanwhile.</summary>
    private async Task<List<CheckpointFile>?> UploadAsync(Dictionary<string, Entry> found, CancellationToken cancellationToken)
    {
        var bySha = _sets.SelectMany(set => set.Files).Where(file => file.Sha256 is not null).GroupBy(file => file.Sha256!)
            .ToDictionary(group => group.Key, group => group.Last());
        var files = new List<CheckpointFile>(found.Count);
        foreach (var (path, entry) in found.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Link is not null) entry.File = new CheckpointFile { Path = path, Link = entry.Link };
            else if (entry.File is null || _last.GetValueOrDefault(path)?.IsAs(entry) != true)
            {
                var source = entry.Copy ?? $"{folder}/{path}";
                if (FileHasher.Hash(source, path, out var hash, out var stat) is not null || (entry.Copy is null && stat != entry.Stat))
                    return null;
                var sha256 = Convert.ToHexStringLower(hash);
                if (bySha.TryGetValue(sha256, out var known)) entry.File = known with { Path = path };
                else
                {
                    // Each try has its own number, so an upload that a change spoils leaves an object that no set names.
                    var file = new CheckpointFile { Path = path, SizeBytes = stat.SizeBytes, Sha256 = sha256, Stored = ++_object };
                    _objects.Add(file.Stored);
                    await store.PutFileAsync(CheckpointSet.ObjectKey(attempt, file), source, move: false, cancellationToken);
                    if (Posix.Stat(source, follow: false, out var after) != 0 || after != stat) return null;
                    entry.File = bySha[sha256] = file;
                }
            }

            files.Add(entry.File);
        }

        return files;
    }

    private async Task RemoveSupersededAsync(CancellationToken cancellationToken)
    {
        while (_sets.Count > 2)
        {
            await store.DeleteAsync(CheckpointSet.SetKey(attempt, _sets[0].Number), cancellationToken);
            _sets.RemoveAt(0);
        }

        var named = _sets.SelectMany(set => set.Files).Select(file => file.Stored).ToHashSet();
        foreach (var number in _objects.Where(number => !named.Contains(number)).ToList())
        {
            await store.DeleteAsync(CheckpointSet.ObjectFolder(attempt, number), cancellationToken);
            _objects.Remove(number);
        }
    }

    private sealed class Entry(FileStat stat, string? link, CheckpointFile? file)
    {
        public FileStat Stat => stat;

        public string? Link => link;

        /// <summary>The path of a copy that holds its content; null when the file itself does.</summary>
        public string? Copy { get; init; }

        public CheckpointFile? File { get; set; } = file;

        public bool IsAs(Entry other) => stat == other.Stat && link == other.Link;
    }
}
