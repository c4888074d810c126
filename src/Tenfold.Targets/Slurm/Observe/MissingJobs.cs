using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Targets.Slurm.Observe;

/// <summary>
/// Remembers since when Slurm has not listed an attempt, in the store, so that commands that look only once come to a conclusion together.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
internal sealed class MissingJobs(IStore store, TimeProvider time)
{
    // Older marks were left by a command that did not see the job again.
    private static readonly TimeSpan MarkLifetime = TimeSpan.FromDays(7);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _since = [];

    /// <summary>Notes that the attempt is missing now.</summary>
    /// <returns>True when it was first missed longer ago than <paramref name="delay"/>.</returns>
    public async Task<bool> IsLongerThanAsync(string attempt, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (!_since.TryGetValue(attempt, out var since)) _since[attempt] = since = await ReadOrWriteAsync(attempt, cancellationToken);
        return time.GetUtcNow() - since > delay;
    }

    /// <summary>Notes that the attempt is listed again, if this process saw it missing.</summary>
    public async Task ForgetAsync(string attempt, CancellationToken cancellationToken)
    {
        if (_since.TryRemove(attempt, out _)) await store.DeleteAsync(AttemptKeys.Missing(attempt), cancellationToken);
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
