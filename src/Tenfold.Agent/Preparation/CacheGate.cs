using System.Collections.Concurrent;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>Lets one at a time make what all use: of the attempts in this process, and of the processes that share the folder.</summary>
/// <param name="patience">How long another process is waited for.</param>
/// <param name="time">The clock.</param>
/// <remarks>Each thing has a lock file beside it, which ends with its process: a maker that was killed holds nobody up.</remarks>
public sealed class CacheGate(TimeSpan patience, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _here = new();

    /// <summary>Waits for the turn.</summary>
    /// <param name="place">The path of what is made; its lock is <c>place.lock</c>.</param>
    /// <param name="what">What it is, for people.</param>
    /// <param name="say">Told when another process has the turn.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The turn, to be given back; or why not.</returns>
    /// <exception cref="IOException">The lock's file can't be made.</exception>
    public async Task<Prepared<Turn>> EnterAsync(string place, string what, Action<string> say, CancellationToken cancellationToken)
    {
        var here = _here.GetOrAdd(place, _ => new SemaphoreSlim(1));
        await here.WaitAsync(cancellationToken);
        FileLock? held = null;
        try
        {
            held = await FileLock.TakeAsync($"{place}.lock", patience, () => say($"waits for another process that makes {what}"), time, cancellationToken);
            return held is null
                ? Prepared<Turn>.Refused($"another process has been making {what} ({place}) for {patience.TotalMinutes:0} minutes: see on this machine what holds {place}.lock, end it, and retry the run")
                : new Turn(here, held);
        }
        finally
        {
            if (held is null) here.Release();
        }
    }

    /// <summary>The turn to make something.</summary>
    public sealed class Turn(SemaphoreSlim here, FileLock held) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            held.Dispose();
            here.Release();
        }
    }
}
