using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tenfold.Core.Platform;

/// <summary>Notes when each file below a folder was last closed after writing, or renamed to its name.</summary>
/// <remarks>
/// The kernel closes the files of a process that dies too. So a close that came well before the death of the writer shows that the writer
/// had finished the file. Source: Linux manual page inotify(7).
/// </remarks>
public sealed class FolderWatch : IDisposable
{
    private const uint CloseWrite = 0x8, MovedTo = 0x80, Created = 0x100, IsFolder = 0x40000000, OnlyFolders = 0x01000000;
    private const int CloseOnExec = 0x80000, HeaderBytes = 16, PollMs = 100;

    private readonly SafeFileHandle _events;
    private readonly TimeProvider _time;
    private readonly Func<IReadOnlySet<FileId>> _openFiles;
    private readonly Dictionary<int, string> _folders = [];
    private readonly ConcurrentDictionary<string, DateTimeOffset> _closed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _renamed = new(StringComparer.Ordinal);
    private readonly Thread _reader;
    private readonly int _top;
    private volatile bool _isEnding;

    private FolderWatch(SafeFileHandle events, string folder, TimeProvider time, Func<IReadOnlySet<FileId>> openFiles)
    {
        (_events, _time, _openFiles) = (events, time, openFiles);
        Watch(Path.TrimEndingDirectorySeparator(folder), isComplete: false);
        _top = _folders.Keys.FirstOrDefault();
        _reader = new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "checkpoint folder" };
        _reader.Start();
    }

    /// <summary>Starts to watch a folder and the folders below it.</summary>
    /// <param name="folder">The folder's full path.</param>
    /// <param name="time">The clock of the noted times.</param>
    /// <param name="openFiles">
    /// Finds the files that are open for writing now: a new folder may have files before it is watched.
    /// </param>
    /// <returns>Null where the system can't watch, or has no watch left; then nothing is known of any file.</returns>
    public static FolderWatch? Start(string folder, TimeProvider time, Func<IReadOnlySet<FileId>> openFiles)
    {
        var events = ProcessCalls.inotify_init1(CloseOnExec);
        return events < 0 ? null : new FolderWatch(new SafeFileHandle(events, ownsHandle: true), folder, time, openFiles);
    }

    /// <summary>When a file was last closed or renamed to its name; null when that is unknown.</summary>
    /// <param name="path">The file's full path.</param>
    public DateTimeOffset? ClosedAt(string path) => _closed.TryGetValue(path, out var at) ? at : null;

    /// <summary>True when a file got its name by a rename, alone or with its folder, and was not written since. The kernel renames no file
    /// when a process dies, so its writer had finished it.</summary>
    /// <param name="path">The file's full path.</param>
    public bool IsRenamed(string path) => _renamed.ContainsKey(path);

    /// <summary>Ends the watch, once everything that has happened until now is noted. The noted times stay.</summary>
    public void Stop()
    {
        _isEnding = true;
        // The end of a watch is an event, which wakes the reader.
        if (_reader.IsAlive) _ = ProcessCalls.inotify_rm_watch((int)_events.DangerousGetHandle(), _top);
        _reader.Join();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _events.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            // Read before the poll: all that has happened until the end is noted.
            var isEnding = _isEnding;
            var ready = ProcessCalls.WaitToRead(_events, isEnding ? 0 : PollMs);
            if (ready < 0 || (ready == 0 && isEnding)) return;
            if (ready == 0) continue;
            try
            {
                Note(buffer.AsSpan(0, RandomAccess.Read(_events, buffer, 0)));
            }
            catch (IOException)
            {
                return; // From now on nothing is known, which is safe.
            }
        }
    }

    private void Note(ReadOnlySpan<byte> events)
    {
        var now = _time.GetUtcNow();
        while (events.Length >= HeaderBytes)
        {
            var watch = BinaryPrimitives.ReadInt32LittleEndian(events);
            var mask = BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(events[12..]);
            var name = events.Slice(HeaderBytes, length);
            if (name.IndexOf((byte)0) is >= 0 and var end) name = name[..end];
            if (_folders.TryGetValue(watch, out var folder) && name.Length > 0)
            {
                var path = $"{folder}/{Encoding.UTF8.GetString(name)}";
                if ((mask & IsFolder) == 0)
                {
                    if ((mask & (CloseWrite | MovedTo)) != 0) _closed[path] = now;
                    if ((mask & MovedTo) != 0) _renamed[path] = true;
                    else if ((mask & CloseWrite) != 0) _renamed.TryRemove(path, out _);
                }
                else if ((mask & (Created | MovedTo)) != 0) Watch(path, isComplete: (mask & MovedTo) != 0);
            }

            events = events[(HeaderBytes + length)..];
        }
    }

    /// <param name="folder">The folder.</param>
    /// <param name="isComplete">True when it was renamed to its name, with all that is in it.</param>
    private void Watch(string folder, bool isComplete)
    {
        var watch = ProcessCalls.inotify_add_watch(
            (int)_events.DangerousGetHandle(), Posix.Terminated(folder), CloseWrite | MovedTo | Created | OnlyFolders);
        if (watch < 0) return;
        _folders[watch] = folder;
        try
        {
            var open = new Lazy<IReadOnlySet<FileId>>(_openFiles);
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                if (entry is DirectoryInfo { LinkTarget: null }) Watch(entry.FullName, isComplete);
                else if (Posix.Stat(entry.FullName, follow: false, out var stat) == 0 && stat.Kind == FileKind.File
                    && (isComplete || !open.Value.Contains(new FileId(stat.Device, stat.Inode))))
                {
                    _closed[entry.FullName] = _time.GetUtcNow();
                    if (isComplete) _renamed[entry.FullName] = true;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone again.
        }
    }
}
