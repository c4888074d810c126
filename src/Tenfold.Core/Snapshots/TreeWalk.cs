using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Unicode;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// Lists the files below a folder with their metadata, on all cores. A second snapshot spends most of its time here.
/// </summary>
/// <remarks>
/// The threads share one stack of work items; an item is a folder, or some of a folder's files. A snapshot sets <see cref="Rules"/> and
/// doesn't follow links. Data has no rules, and its links are followed.
/// </remarks>
internal sealed class TreeWalk(string root)
{
    private const int PartFiles = 256;
    private readonly string _root = Path.TrimEndingDirectorySeparator(root);
    private readonly Lock _resultLock = new();
    private readonly object _stackLock = new();
    private readonly Stack<object> _stack = [];
    private int _busy;
    private bool _stopped;
    private ExceptionDispatchInfo? _bug;

    /// <summary>The rules for files to leave out; null for none.</summary>
    public IgnoreRules? Rules { get; init; }

    /// <summary>The cached hashes.</summary>
    public required FileIndex Index { get; init; }

    /// <summary>Paths relative to the root to leave out, each with everything below it.</summary>
    public IReadOnlySet<string> ExcludedPaths { get; init; } = new HashSet<string>();

    /// <summary>True to list the targets of links instead of the links.</summary>
    public bool FollowLinks { get; init; }

    /// <summary>The files and links, in no particular order.</summary>
    public List<FoundFile> Files { get; } = [];

    /// <summary>The files and folders that can't be read, in no particular order.</summary>
    public List<FileFault> Faults { get; } = [];

    /// <summary>Sockets, pipes and devices.</summary>
    public List<string> Skipped { get; } = [];

    /// <summary>Files and folders that are left out because they hold credentials by their names; a folder ends in <c>/</c>.</summary>
    public List<string> Credentials { get; } = [];

    /// <summary>Those of <see cref="ExcludedPaths"/> that are there and that no pattern leaves out.</summary>
    public List<string> Excluded { get; } = [];

    /// <summary>Lists all files.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        var prefix = Rules?.Prefix ?? [];
        Posix.Stat(_root, follow: true, out var stat);
        _stack.Push(new Folder(prefix, Rules?.Start, new Ancestor(stat.Device, stat.Inode, null)));
        var helpers = new Thread[Math.Min(Environment.ProcessorCount, 8) - 1];
        for (var i = 0; i < helpers.Length; i++)
        {
            // Threads of the pool may start late, and would not have a user id that the calling thread has set.
            helpers[i] = new Thread(() => Work(cancellationToken), 1 << 18) { IsBackground = true };
            helpers[i].Start();
        }
        Work(cancellationToken);
        foreach (var helper in helpers) helper.Join();
        _bug?.Throw();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Work(CancellationToken cancellationToken)
    {
        var mine = new WalkResult(new byte[1 << 15]);
        while (Take() is { } job)
        {
            try
            {
                if (cancellationToken.IsCancellationRequested) Stop();
                else if (job is Folder folder) List(folder, mine);
                else StatFiles((Part)job, mine);
            }
            catch (Exception e)
            {
                // A bug. The caller must see it, and the other threads must not wait for ever.
                _bug = ExceptionDispatchInfo.Capture(e);
                Stop();
            }
            Done();
        }
        lock (_resultLock)
        {
            Files.AddRange(mine.Files);
            Faults.AddRange(mine.Faults);
            Skipped.AddRange(mine.Skipped);
            Credentials.AddRange(mine.Credentials);
            Excluded.AddRange(mine.Excluded);
        }
    }

    private object? Take()
    {
        lock (_stackLock)
        {
            while (true)
            {
                if (_stopped) return null;
                if (_stack.TryPop(out var job))
                {
                    _busy++;
                    return job;
                }
                if (_busy == 0) return null;
                Monitor.Wait(_stackLock);
            }
        }
    }

    private void Put(object job)
    {
        lock (_stackLock)
        {
            _stack.Push(job);
            Monitor.Pulse(_stackLock);
        }
    }

    private void Done()
    {
        lock (_stackLock)
        {
            if (--_busy == 0 && _stack.Count == 0) Monitor.PulseAll(_stackLock);
        }
    }

    private void Stop()
    {
        lock (_stackLock)
        {
            _stopped = true;
            Monitor.PulseAll(_stackLock);
        }
    }

    /// <summary>Reads a folder, and pushes the folders and files in it that the rules don't leave out.</summary>
    private void List(Folder folder, WalkResult mine)
    {
        var relative = Relative(folder.Path);
        var descriptor = Posix.OpenFolder(Posix.Terminated($"{_root}/{relative}"), FollowLinks || relative.Length == 0, out var error);
        if (descriptor < 0)
        {
            mine.Faults.Add(FileHasher.Unreadable(error, relative.Length == 0 ? _root : relative.TrimEnd('/')));
            return;
        }
        var open = new OpenFolder(descriptor);
        try
        {
            var length = mine.Read(descriptor, out error);
            if (error != 0) mine.Faults.Add(FileHasher.Unreadable(error, relative.Length == 0 ? _root : relative.TrimEnd('/')));
            ReadOnlySpan<byte> entries = mine.Entries.AsSpan(0, length);
            var level = folder.Level;
            if (level is not null)
            {
                if (relative.Length > 0 && EntryNames.Contains(entries, "pyvenv.cfg"u8)) return;
                if (EntryNames.Contains(entries, ".gitignore"u8))
                    level = IgnoreRules.Enter(level, folder.Path.Length, $"{_root}/{relative}.gitignore");
            }
            AddEntries(folder, level, relative, entries, open, mine);
        }
        finally
        {
            open.Release();
        }
    }

    /// <summary>Adds the files of a folder that the rules don't leave out, and pushes its subfolders.</summary>
    private void AddEntries(
        Folder folder, IgnoreRules.Level? level, string relative, ReadOnlySpan<byte> entries, OpenFolder open, WalkResult mine)
    {
        var names = new List<byte[]>();
        Span<byte> path = new byte[folder.Path.Length + 256];
        folder.Path.AsSpan().CopyTo(path);
        while (!entries.IsEmpty)
        {
            entries = entries[Posix.ReadEntry(entries, out var name, out var kind)..];
            if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)) continue;
            byte[] terminated = [.. name, 0];
            if (kind is null && Posix.Stat(open.Descriptor, terminated, follow: false, out var stat) == 0) kind = stat.Kind;
            name.CopyTo(path[folder.Path.Length..]);
            ReadOnlySpan<byte> full = path[..(folder.Path.Length + name.Length)];
            var isFolder = kind == FileKind.Folder;
            if (level is not null && Rules!.IsIgnored(level, full, folder.Path.Length, isFolder, out var omission))
            {
                if (omission == Omission.Credentials) mine.Credentials.Add(relative + EntryNames.Escape(name) + (isFolder ? "/" : ""));
                continue;
            }

            if (!Utf8.IsValid(name))
            {
                var shown = relative + EntryNames.Escape(name);
                mine.Faults.Add(new FileFault(shown, $"the name of {shown} is not UTF-8: rename it, or exclude it"));
                continue;
            }
            if (ExcludedPaths.Count > 0 && relative + Encoding.UTF8.GetString(name) is var excluded && ExcludedPaths.Contains(excluded))
            {
                mine.Excluded.Add(excluded);
                continue;
            }

            if (isFolder) Put(new Folder([.. full, (byte)'/'], level, Within(folder, open, terminated)));
            else names.Add(terminated);
        }
        for (var start = 0; start < names.Count; start += PartFiles)
        {
            var part = new Part(folder, relative, open.Share(), names, start, Math.Min(start + PartFiles, names.Count));
            if (start + PartFiles < names.Count) Put(part);
            else StatFiles(part, mine);
        }
    }

    /// <summary>Reads the metadata of some files of a folder.</summary>
    private void StatFiles(Part part, WalkResult mine)
    {
        for (var i = part.Start; i < part.End; i++)
        {
            var name = part.Names[i];
            var path = part.Relative + Encoding.UTF8.GetString(name.AsSpan(0, name.Length - 1));
            var error = Posix.Stat(part.Open.Descriptor, name, FollowLinks, out var stat);
            if (error != 0)
            {
                mine.Faults.Add(
                    error == Posix.Enoent && FollowLinks
                        ? new FileFault(path, $"{path} is a link to a file that doesn't exist: correct or remove the link")
                        : FileHasher.Unreadable(error, path));
                continue;
            }
            switch (stat.Kind)
            {
                case FileKind.File:
                    mine.Files.Add(new FoundFile(path, stat, null, Index.Find(path, stat)));
                    break;
                case FileKind.Link:
                    var target = Posix.ReadLink(part.Open.Descriptor, name);
                    if (target is null) mine.Faults.Add(new FileFault(path, $"the link {path} can't be read: correct it, or exclude it"));
                    else mine.Files.Add(new FoundFile(path, stat, target, -1));
                    break;
                case FileKind.Folder when FollowLinks:
                    Follow(part.Folder, name, path, stat, mine);
                    break;
                default:
                    mine.Skipped.Add(path);
                    break;
            }
        }
        part.Open.Release();
    }

    /// <summary>Pushes the folder that a link leads to, unless that folder contains the link.</summary>
    private void Follow(Folder folder, byte[] name, string path, in FileStat stat, WalkResult mine)
    {
        for (var above = folder.Ancestor; above is not null; above = above.Above)
        {
            if (above.Device != stat.Device || above.Inode != stat.Inode) continue;
            mine.Faults.Add(new FileFault(path, $"{path} is a link to a folder that contains it: remove the link"));
            return;
        }
        byte[] full = [.. folder.Path, .. name.AsSpan(0, name.Length - 1), (byte)'/'];
        Put(new Folder(full, folder.Level, new Ancestor(stat.Device, stat.Inode, folder.Ancestor)));
    }

    /// <summary>
    /// A subfolder with the folders above it. They matter only where links are followed, since only links can make a cycle.
    /// </summary>
    private Ancestor Within(Folder folder, OpenFolder open, byte[] name) =>
        FollowLinks && Posix.Stat(open.Descriptor, name, follow: true, out var stat) == 0
            ? new Ancestor(stat.Device, stat.Inode, folder.Ancestor)
            : folder.Ancestor;

    private string Relative(byte[] path) => Encoding.UTF8.GetString(path.AsSpan(Rules?.Prefix.Length ?? 0));

    private sealed record Folder(byte[] Path, IgnoreRules.Level? Level, Ancestor Ancestor);

    private sealed record Ancestor(ulong Device, ulong Inode, Ancestor? Above);

    private sealed record Part(Folder Folder, string Relative, OpenFolder Open, List<byte[]> Names, int Start, int End);
}
