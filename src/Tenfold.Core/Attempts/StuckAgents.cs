using System.Buffers.Text;
using Tenfold.Core.Store;

namespace Tenfold.Core.Attempts;

/// <summary>Tells agents that obey a stop mark from those that don't, so that a target ends the jobs of the latter.</summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
public sealed class StuckAgents(IStore store, TimeProvider time)
{
    // The worker contract's 30 s for the command, and as much again to upload its results.
    private static readonly TimeSpan SilentAgentGrace = TimeSpan.FromMinutes(1);

    // A live agent may have much to upload.
    private static readonly TimeSpan LiveAgentGrace = TimeSpan.FromMinutes(15);

    /// <summary>When an attempt was asked to stop.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    /// <remarks>Older versions wrote marks without a time. Such a mark is old enough that the heartbeat alone decides.</remarks>
    public async Task<DateTimeOffset> ReadRequestTimeAsync(string attempt, CancellationToken cancellationToken) =>
        await StopMarks.ReadTimeAsync(store, attempt, cancellationToken) ?? time.GetUtcNow() - SilentAgentGrace;

    /// <summary>True when the agent of a running attempt does not obey.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="requestedAt">When it was asked to stop.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<bool> IsStuckAsync(string attempt, DateTimeOffset requestedAt, CancellationToken cancellationToken)
    {
        var elapsed = time.GetUtcNow() - requestedAt;
        if (elapsed < SilentAgentGrace) return false;
        if (elapsed > LiveAgentGrace) return true;
        return await ReadHeartbeatAsync(attempt, cancellationToken) is not { } beat
            || (time.GetUtcNow() - beat).Duration() > SilentAgentGrace;
    }

    private async Task<DateTimeOffset?> ReadHeartbeatAsync(string attempt, CancellationToken cancellationToken) =>
        await store.ReadAsync(AttemptKeys.Heartbeat(attempt), cancellationToken) is { } bytes
            && Utf8Parser.TryParse(bytes, out long milliseconds, out _)
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
