using System.Collections.Concurrent;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>Lets one attempt at a time make a shared entry: one in this process, and one of the processes that share the folder.</summary>
/// <param name="timeout">How long to wait for another process.</param>
/// <param name="time">The clock.</param>
/// <remarks>Each entry has a lock file beside it. The lock ends with its process, so a process that is killed blocks nobody.</remarks>
public sealed class BuildLocks(TimeSpan timeout, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _here = new();

    /// <summary>Waits for an entry's lock.</summary>
    /// <param name="path">The entry's path; its lock is <c>path.lock</c>.</param>
    /// <param name="what">What it is, for people.</param>
    /// <param name="notify">Called when another process holds the lock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The lock, to be disposed of; or why it can't be had.</returns>
    /// <exception cref="IOException">The lock's file can't be made.</exception>
    public async Task<PreparationResult<BuildLock>> AcquireAsync(
        string path, string what, Action<string> notify, CancellationToken cancellationToken)
    {
        var here = _here.GetOrAdd(path, _ => new SemaphoreSlim(1));
        await here.WaitAsync(cancellationToken);
        FileLock? held = null;
        try
        {
            var file = CacheEntry.LockOf(path);
            held = await FileLock.AcquireAsync(
                file, timeout, () => notify($"waits for another process that makes {what}"), time, cancellationToken);
            return held is not null
                ? new BuildLock(here, held)
                : PreparationResult<BuildLock>.Refused(
                    $"another process has been making {what} ({path}) for {timeout.TotalMinutes:0} minutes: "
                    + $"find the process on this machine that holds {file}, end it, and retry the run");
        }
        finally
        {
            if (held is null) here.Release();
        }
    }

    /// <summary>The right to make an entry.</summary>
    public sealed class BuildLock(SemaphoreSlim here, FileLock held) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            held.Dispose();
            here.Release();
        }
    }
}
