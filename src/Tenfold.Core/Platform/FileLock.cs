namespace Tenfold.Core.Platform;

/// <summary>
/// A lock between processes: a file that is held open, see flock(2). The system releases it when the process ends, however it ends.
/// </summary>
/// <remarks>
/// The file stays when the lock is released, unless <see cref="Remove"/> is called: processes that wait for the lock notice that, and
/// create the file again. The lock works between machines if the file system supports that (NFS does). On a file system without locks,
/// acquiring one fails with a message.
/// </remarks>
public sealed class FileLock : IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);
    private readonly FileStream _file;
    private readonly string _path;

    private FileLock(FileStream file, string path) => (_file, _path) = (file, path);

    /// <summary>Acquires the lock if it is free.</summary>
    /// <param name="path">The lock's file; created, with the folders above it, when missing.</param>
    /// <returns>The lock; null when another process, or another part of this one, holds it.</returns>
    /// <exception cref="IOException">The file can't be created, or its file system has no locks.</exception>
    public static FileLock? TryAcquire(string path)
    {
        while (true)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (TryOpen(path, FileAccess.ReadWrite, FileShare.None) is not { } file) return null;
            try
            {
                // On a file system without locks, .NET opens the file without one, so a second open succeeds too.
                using var second = TryOpen(path, FileAccess.ReadWrite, FileShare.None);
                if (second is null && IsAt(file, path)) return new FileLock(file, path);
                if (second is not null && IsSame(file, second)) throw NoLocks(path);
            }
            catch
            {
                file.Dispose();
                throw;
            }

            // The file was removed after it was opened: try again with the new one.
            file.Dispose();
        }
    }

    /// <summary>Acquires a shared lock unless a process holds the lock exclusively.</summary>
    /// <param name="path">The lock's file; created, with the folders above it, when missing.</param>
    /// <returns>The lock; null when another process holds it exclusively.</returns>
    /// <exception cref="IOException">The file can't be created.</exception>
    public static FileLock? TryAcquireShared(string path)
    {
        while (true)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (TryOpen(path, FileAccess.Read, FileShare.Read) is not { } file) return null;
            if (IsAt(file, path)) return new FileLock(file, path);
            file.Dispose();
        }
    }

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The lock's file.</param>
    /// <param name="timeout">The longest time to wait.</param>
    /// <param name="onWait">Called once when another process holds the lock.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lock; null when another process held it all the time.</returns>
    public static async Task<FileLock?> AcquireAsync(
        string path, TimeSpan timeout, Action onWait, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            if (TryAcquire(path) is { } acquired) return acquired;
            if (time.GetElapsedTime(since) >= timeout) return null;
            if (isFirst) onWait();
            await Task.Delay(RetryInterval, time, cancellationToken);
        }
    }

    /// <summary>Removes the file, if possible, and releases the lock. The caller holds it exclusively.</summary>
    public void Remove()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file stays, which harms nothing.
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static FileStream? TryOpen(string path, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, access, share, bufferSize: 0);
        }
        catch (IOException e) when (e.HResult == Posix.Eagain || File.Exists(path))
        {
            return null;
        }
    }

    // In doubt, the file counts as the one at the path.
    private static bool IsAt(FileStream file, string path) => Posix.Stat(path, follow: true, out var there) switch
    {
        Posix.Enoent or Posix.Enotdir => false,
        0 => Posix.Stat(file.SafeFileHandle, out var held) != 0 || (held.Inode, held.Device) == (there.Inode, there.Device),
        _ => true,
    };

    private static bool IsSame(FileStream a, FileStream b) =>
        Posix.Stat(a.SafeFileHandle, out var first) == 0 && Posix.Stat(b.SafeFileHandle, out var second) == 0
            && (first.Inode, first.Device) == (second.Inode, second.Device);

    private static IOException NoLocks(string path) =>
        new($"the file system of {path} has no locks, which processes that share this folder need: "
            + "choose a folder on another disk (--home)");
}
