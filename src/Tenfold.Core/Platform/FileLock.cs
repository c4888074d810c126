namespace Tenfold.Core.Platform;

/// <summary>A lock between processes that ends with its process, however that ends: a file that is held open, as flock(2) has it.</summary>
/// <remarks>
/// The file stays when the lock is given back, since whoever removed it could remove another's. It works between machines where the file
/// system passes locks on (NFS does); where a file system has none at all, taking one fails and says so.
/// </remarks>
public sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock if nobody has it.</summary>
    /// <param name="path">Its file; made, with the folders above it, when missing.</param>
    /// <returns>The lock; null when another has it, be it in this process.</returns>
    /// <exception cref="IOException">The file can't be made, or its file system has no locks.</exception>
    public static FileLock? TryTake(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (TryOpen(path) is not { } file) return null;
        try
        {
            // .NET goes on without a lock where the file system has none; then a second one is had as well.
            if (TryOpen(path) is not { } second) return new FileLock(file);
            second.Dispose();
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        throw new IOException($"the file system of {path} has no locks, which processes that share this folder need: choose a folder on another disk (--home)");
    }

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="patience">How long at most.</param>
    /// <param name="waits">Called once when another has it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The lock; null when another kept it for all that time.</returns>
    public static async Task<FileLock?> TakeAsync(string path, TimeSpan patience, Action waits, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            if (TryTake(path) is { } taken) return taken;
            if (time.GetElapsedTime(since) >= patience) return null;
            if (isFirst) waits();
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
