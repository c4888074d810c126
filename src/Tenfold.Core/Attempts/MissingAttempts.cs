using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Core.Attempts;

/// <summary>
/// Remembers since when a backend has not listed an attempt. The time is in the store, so that commands that observe only once come to a
/// conclusion together.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
public sealed class MissingAttempts(IStore store, TimeProvider time)
{
    // Older marks were left by a command that did not see the attempt again.
    private static readonly TimeSpan MarkLifetime = TimeSpan.FromDays(7);

    // A controller asks for every attempt that has not ended in each of its rounds.
    private static readonly TimeSpan MaxPause = TimeSpan.FromHours(1);

    private readonly RecentlyUsed<string, DateTimeOffset> _since = new(MaxPause, time);

    /// <summary>Notes that the backend does not list the attempt now.</summary>
    /// <returns>True when that was first noted longer ago than <paramref name="delay"/>.</returns>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<bool> IsLongerThanAsync(string attempt, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (!_since.TryGet(attempt, out var since)) _since.Set(attempt, since = await ReadOrWriteAsync(attempt, cancellationToken));
        return time.GetUtcNow() - since > delay;
    }

    /// <summary>Notes that the backend lists the attempt again, if this process noted that it did not.</summary>
    /// <exception cref="StoreException">The store can't be written.</exception>
    public async Task ForgetAsync(string attempt, CancellationToken cancellationToken)
    {
        if (_since.Remove(attempt)) await store.DeleteAsync(AttemptKeys.Missing(attempt), cancellationToken);
    }

    private async Task<DateTimeOffset> ReadOrWriteAsync(string attempt, CancellationToken cancellationToken)
    {
        var (key, now) = (AttemptKeys.Missing(attempt), time.GetUtcNow());
        var mark = await store.ReadAsync(key, cancellationToken);
        if (Utf8Parser.TryParse(mark, out long at, out _) && DateTimeOffset.FromUnixTimeMilliseconds(at) is var since
            && now - since < MarkLifetime && since <= now) return since;
        var text = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        await store.WriteAsync(key, Encoding.ASCII.GetBytes(text), cancellationToken);
        return now;
    }
}
