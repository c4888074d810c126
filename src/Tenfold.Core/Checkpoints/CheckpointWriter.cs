using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Checkpoints;

/// <summary>
/// Uploads an attempt's checkpoint folder to the store, set by set. Not safe for several threads at once.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="attempt">The attempt, whose checkpoints only this process writes.</param>
/// <param name="folder">The checkpoint folder.</param>
/// <param name="time">The clock.</param>
/// <param name="openFiles">Finds the files that the attempt's processes have open for writing; null when nothing is known of them.</param>
/// <param name="watch">Knows when files were closed; null when nothing is known.</param>
/// <remarks>
/// The two newest sets stay in the store, so that damage to one leaves the other. Objects that neither names are removed once the newer set
/// is complete. A SIGKILL leaves at worst objects that no set names, which are removed with the attempt.
/// </remarks>
public sealed class CheckpointWriter(
    IStore store, string attempt, string folder, TimeProvider time, Func<IReadOnlySet<FileId>>? openFiles = null,
    FolderWatch? watch = null)
{
    // A file that is open for writing makes a set wait longer than one that changes: it may be a checkpoint that takes minutes to write.
    private const int MaxUnsettled = 2, MaxOpen = 6;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly CheckpointFolder _files = new(folder, time);

    private Dictionary<string, CheckpointEntry> _last = [];
    private readonly List<(int Number, DateTimeOffset SavedAt, List<CheckpointFile> Files)> _sets = [];
    private HashSet<int> _objects = [];
    private Dictionary<FileId, int> _open = [];
    private Dictionary<string, (long SizeBytes, int Scans)> _growing = [];
    private int _set, _object, _unsettled;

    /// <summary>Saves a new set, unless nothing has changed since the last one or a file is being written now.</summary>
    /// <param name="isLast">True when the command has ended well, so that no file is being written any more.</param>
    /// <param name="cancellationToken">Stops it; complete sets stay.</param>
    /// <returns>True when a new set is in the store.</returns>
    /// <exception cref="StoreException">The store can't be written; call again later.</exception>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public async Task<bool> SaveAsync(bool isLast, CancellationToken cancellationToken)
    {
        if (isLast) return (await SaveLastAsync(WriterEnd.Clean, cancellationToken)).IsSaved;
        var open = CountOpen();
        var found = _files.Scan(_last, cancellationToken);
        if (found.Count == 0 || IsUnchanged(found)) return false;
        await Task.Delay(Settling, time, cancellationToken);
        var settled = _files.Scan(_last, cancellationToken);
        open.UnionWith(openFiles?.Invoke() ?? new HashSet<FileId>());
        foreach (var path in settled.Where(entry => open.Contains(entry.Value.Id) && TemporaryNames.Contains(entry.Key))
            .Select(entry => entry.Key).ToList())
        {
            settled.Remove(path);
            found.Remove(path);
        }

        var written = settled.Values.Where(entry => open.Contains(entry.Id)).ToList();
        CountGrowing(found, settled, open);
        // A script that writes all the time (short epochs, a log among its checkpoints) has no quiet moment. Then each file is copied in a
        // quiet moment of its own.
        var isSettled = AreEqual(found, settled) && written.Count == 0;
        _unsettled = isSettled ? 0 : _unsettled + 1;
        if (!isSettled && (_unsettled < MaxUnsettled || !written.All(entry => IsKeptOpen(entry.Id)))) return false;
        if (!isSettled) found = await CopyUnsettledAsync(found, settled, open, cancellationToken);
        if (found.Count == 0 || IsUnchanged(found)) return false;
        return await PublishAsync(found, cancellationToken);
    }

    /// <summary>Saves the files that the attempt's processes left, if they are complete. The processes have all ended.</summary>
    /// <param name="end">How they ended.</param>
    /// <param name="cancellationToken">Stops it; complete sets stay.</param>
    /// <returns>Whether a new set is in the store, and which file prevented it.</returns>
    /// <exception cref="StoreException">The store can't be written; call again later.</exception>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public async Task<LastSave> SaveLastAsync(WriterEnd end, CancellationToken cancellationToken)
    {
        var found = _files.Scan(_last, cancellationToken);
        if (found.Count == 0 || IsUnchanged(found)) return new LastSave(false, null, SavedAt);
        var (complete, incomplete) = Judge(found, end);
        if (incomplete is not null || complete.Count == 0 || IsUnchanged(complete)) return new LastSave(false, incomplete, SavedAt);
        if (await PublishAsync(complete, cancellationToken)) return new LastSave(true, null, SavedAt);
        var changed = _files.Scan(_last, cancellationToken).FirstOrDefault(
            now => !found.TryGetValue(now.Key, out var there) || !there.IsAs(now.Value)).Key;
        return new LastSave(false, changed ?? found.Keys.First(), SavedAt);
    }

    /// <summary>Finds a file that may be incomplete among those that the attempt's processes left. The processes have all ended.</summary>
    /// <param name="end">How they ended.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The file, if there is one. Nothing is saved.</returns>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public LastSave FindIncomplete(WriterEnd end, CancellationToken cancellationToken)
    {
        var found = _files.Scan(_last, cancellationToken);
        return new LastSave(false, found.Count == 0 || IsUnchanged(found) ? null : Judge(found, end).Incomplete, SavedAt);
    }

    /// <returns>The complete files, or the one for which there is no complete set.</returns>
    private (Dictionary<string, CheckpointEntry> Complete, string? Incomplete) Judge(
        Dictionary<string, CheckpointEntry> found, WriterEnd end)
    {
        var check = new CompletenessCheck(end, _files.MeasureClockSkew());
        watch?.Stop();
        var complete = new Dictionary<string, CheckpointEntry>(StringComparer.Ordinal);
        foreach (var (path, entry) in found)
        {
            var before = _last.GetValueOrDefault(path);
            var full = $"{folder}/{path}";
            var isSuspect = check.IsSuspect(entry.Stat, before?.Stat, watch?.ClosedAt(full), watch?.IsRenamed(full) == true);
            if (!isSuspect || (IsLog(path, entry) && !end.Open.Contains(entry.Id))) complete[path] = entry;
            else if (IsKeptOpen(entry.Id) || TemporaryNames.Contains(path))
            {
                // A log, or a file that the program would have renamed: the set is complete without it.
                if (before is not null) complete[path] = before;
            }
            else return (complete, path);
        }

        return (complete, null);
    }

    private DateTimeOffset? SavedAt => _sets.Count > 0 ? _sets[^1].SavedAt : null;

    private async Task<bool> PublishAsync(Dictionary<string, CheckpointEntry> found, CancellationToken cancellationToken)
    {
        if (await UploadAsync(found, cancellationToken) is not { } files) return false;
        var number = ++_set;
        var set = new CheckpointSet { SavedAt = time.GetUtcNow(), Files = files };
        await store.WriteAsync(CheckpointSet.ManifestKey(attempt, number), set.ToJson(), cancellationToken);
        _last = found;
        _sets.Add((number, set.SavedAt, files));
        await RemoveSupersededAsync(cancellationToken);
        return true;
    }

    // Counts how often in a row each file was found open for writing.
    private HashSet<FileId> CountOpen()
    {
        var open = openFiles?.Invoke() ?? new HashSet<FileId>();
        _open = open.ToDictionary(file => file, file => _open.GetValueOrDefault(file) + 1);
        return [.. open];
    }

    // Counts in how many consecutive scans each file grew without being open before or after.
    private void CountGrowing(
        Dictionary<string, CheckpointEntry> first, Dictionary<string, CheckpointEntry> second, HashSet<FileId> open) =>
        _growing = second.Where(file => !open.Contains(file.Value.Id) && first.TryGetValue(file.Key, out var before)
                && before.Id == file.Value.Id && before.Stat.SizeBytes < file.Value.Stat.SizeBytes)
            .ToDictionary(
                file => file.Key, file => (file.Value.Stat.SizeBytes, _growing.GetValueOrDefault(file.Key).Scans + 1),
                StringComparer.Ordinal);

    // A program that appends a line from time to time leaves a log that is complete up to its last line.
    private bool IsLog(string path, CheckpointEntry entry) =>
        _growing.GetValueOrDefault(path) is { Scans: >= MaxUnsettled } log && entry.Stat.SizeBytes >= log.SizeBytes;

    private bool IsKeptOpen(FileId file) => _open.GetValueOrDefault(file) >= MaxOpen;

    private static bool AreEqual(Dictionary<string, CheckpointEntry> one, Dictionary<string, CheckpointEntry> other) =>
        one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out var there) && there.IsAs(entry.Value));

    private bool IsUnchanged(Dictionary<string, CheckpointEntry> found) => AreEqual(found, _last);

    // A file without a quiet moment keeps the content that it had in the last set, if it was in that set.
    private async Task<Dictionary<string, CheckpointEntry>> CopyUnsettledAsync(
        Dictionary<string, CheckpointEntry> first, Dictionary<string, CheckpointEntry> second, HashSet<FileId> open,
        CancellationToken cancellationToken)
    {
        var each = new Dictionary<string, CheckpointEntry>(StringComparer.Ordinal);
        foreach (var (path, entry) in second)
        {
            var isOpen = open.Contains(entry.Id);
            if (!isOpen && first.TryGetValue(path, out var before) && before.IsAs(entry)) each[path] = entry;
            else if (!isOpen && await _files.CopyAsync(path, each.Count, cancellationToken) is { } copied) each[path] = copied;
            else if (_last.TryGetValue(path, out var saved)) each[path] = saved;
        }

        return each;
    }

    /// <summary>Uploads new content; null when a file changed meanwhile.</summary>
    private async Task<List<CheckpointFile>?> UploadAsync(Dictionary<string, CheckpointEntry> found, CancellationToken cancellationToken)
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
                if (bySha.TryGetValue(sha256, out var known)) entry.File = known with { Path = path, WrittenAt = entry.WrittenAt };
                else
                {
                    // Each try has its own number, so an upload that a change spoils leaves an object that no set names.
                    var file = new CheckpointFile
                    {
                        Path = path,
                        SizeBytes = stat.SizeBytes,
                        Sha256 = sha256,
                        Stored = ++_object,
                        WrittenAt = entry.WrittenAt,
                    };
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
}

/// <summary>The result of an attempt's last save.</summary>
/// <param name="IsSaved">True when a new set is in the store; false when the last one is still the newest.</param>
/// <param name="Incomplete">The file that may be incomplete, for which no new set was saved; null when there is none.</param>
/// <param name="SavedAt">When the attempt's newest set in the store was saved; null when it has none.</param>
public sealed record LastSave(bool IsSaved, string? Incomplete, DateTimeOffset? SavedAt);
