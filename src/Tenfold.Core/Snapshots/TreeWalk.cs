using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Unicode;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// Lists the files below a folder with what the file system says of them, on all cores: it is what a second snapshot mostly does.
/// </summary>
/// <remarks>
/// Work comes in two sizes, a folder and a part of a folder's files, on one stack that each thread takes from. With
/// <see cref="Rules"/> it leaves out what they say and never looks inside a link; without them (data) it takes everything and follows
/// links.
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

    /// <summary>What is left out; null for nothing.</summary>
    public IgnoreRules? Rules { get; init; }

    /// <summary>Remembered hashes, to look each file up in.</summary>
    public required FileIndex Index { get; init; }

    /// <summary>Paths relative to the root that are left out, each with all below it.</summary>
    public IReadOnlySet<string> LeftOut { get; init; } = new HashSet<string>();

    /// <summary>True to take links for what they stand for.</summary>
    public bool FollowLinks { get; init; }

    /// <summary>The files and links, in no order.</summary>
    public List<FoundFile> Files { get; } = [];

    /// <summary>What could not be read, in no order.</summary>
    public List<FileFault> Faults { get; } = [];

    /// <summary>Sockets, pipes and devices, which were passed over.</summary>
    public List<string> Skipped { get; } = [];

    /// <summary>Walks; returns when all is listed.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        var prefix = Rules?.Prefix ?? [];
        Posix.Stat(_root, follow: true, out var stat);
        _stack.Push(new Folder(prefix, Rules?.Start, new Ancestor(stat.Device, stat.Inode, null)));
        var helpers = new Thread[Math.Min(Environment.ProcessorCount, 8) - 1];
        for (var i = 0; i < helpers.Length; i++)
        {
            // Threads of our own: they start at once, and have the identity of the thread that starts them.
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
                else LookAt((Part)job, mine);
            }
            catch (Exception e)
            {
                // A bug: it must reach the caller, and no thread may wait for ever.
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

    /// <summary>Lists a folder, judges each name, and hands on its folders and its files.</summary>
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
                if (relative.Length > 0 && Holds(entries, "pyvenv.cfg"u8)) return;
                if (Holds(entries, ".gitignore"u8))
                    level = IgnoreRules.Enter(level, folder.Path.Length, $"{_root}/{relative}.gitignore");
            }
            Judge(folder, level, relative, entries, open, mine);
        }
        finally
        {
            open.Release();
        }
    }

    private void Judge(
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
            if (level is not null && Rules!.IsIgnored(level, full, folder.Path.Length, isFolder)) continue;
            if (!Utf8.IsValid(name))
            {
                var shown = relative + Shown(name);
                mine.Faults.Add(new FileFault(shown, $"the name of {shown} is not UTF-8: rename it, or exclude it"));
                continue;
            }
            if (LeftOut.Count > 0 && LeftOut.Contains(relative + Encoding.UTF8.GetString(name))) continue;
            if (isFolder) Put(new Folder([.. full, (byte)'/'], level, Within(folder, open, terminated)));
            else names.Add(terminated);
        }
        for (var start = 0; start < names.Count; start += PartFiles)
        {
            var part = new Part(folder, relative, open.Share(), names, start, Math.Min(start + PartFiles, names.Count));
            if (start + PartFiles < names.Count) Put(part);
            else LookAt(part, mine);
        }
    }

    /// <summary>Asks the file system about some files of a folder.</summary>
    private void LookAt(Part part, WalkResult mine)
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
                        ? new FileFault(path, $"{path} is a link to something that isn't there: mend or remove the link")
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
                    if (target is null) mine.Faults.Add(new FileFault(path, $"the link {path} can't be read: mend it, or exclude it"));
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

    /// <summary>Goes on in the folder that a link stands for, unless the folder holds the link.</summary>
    private void Follow(Folder folder, byte[] name, string path, in FileStat stat, WalkResult mine)
    {
        for (var above = folder.Ancestor; above is not null; above = above.Above)
        {
            if (above.Device != stat.Device || above.Inode != stat.Inode) continue;
            mine.Faults.Add(new FileFault(path, $"{path} is a link to a folder that holds it: remove the link"));
            return;
        }
        byte[] full = [.. folder.Path, .. name.AsSpan(0, name.Length - 1), (byte)'/'];
        Put(new Folder(full, folder.Level, new Ancestor(stat.Device, stat.Inode, folder.Ancestor)));
    }

    /// <summary>The folders above what is in a folder; known only where links are followed, for that alone can go round.</summary>
    private Ancestor Within(Folder folder, OpenFolder open, byte[] name) =>
        FollowLinks && Posix.Stat(open.Descriptor, name, follow: true, out var stat) == 0
            ? new Ancestor(stat.Device, stat.Inode, folder.Ancestor)
            : folder.Ancestor;

    private string Relative(byte[] path) => Encoding.UTF8.GetString(path.AsSpan(Rules?.Prefix.Length ?? 0));

    private static bool Holds(ReadOnlySpan<byte> entries, ReadOnlySpan<byte> wanted)
    {
        while (!entries.IsEmpty)
        {
            entries = entries[Posix.ReadEntry(entries, out var name, out _)..];
            if (name.SequenceEqual(wanted)) return true;
        }
        return false;
    }

    /// <summary>A name for people, with the bytes that are no UTF-8 as \xNN.</summary>
    private static string Shown(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder();
        foreach (var b in name) text.Append(b is >= 0x20 and < 0x7f ? ((char)b).ToString() : $"\\x{b:x2}");
        return text.ToString();
    }

    private sealed record Folder(byte[] Path, IgnoreRules.Level? Level, Ancestor Ancestor);

    private sealed record Ancestor(ulong Device, ulong Inode, Ancestor? Above);

    private sealed record Part(Folder Folder, string Relative, OpenFolder Open, List<byte[]> Names, int Start, int End);
}
