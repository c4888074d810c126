namespace Tenfold.Targets.Slurm;

/// <summary>
/// Remembers an answer for a bounded time, so that a long-lived process notices when the cluster's configuration changes.
/// </summary>
/// <param name="maxAge">How long an answer is used.</param>
/// <param name="time">The clock.</param>
internal sealed class TimedCache<T>(TimeSpan maxAge, TimeProvider time)
    where T : class
{
    private (T Value, long At)? _last;

    /// <summary>The last answer, or a new one when that is too old. An exception of <paramref name="ask"/> reaches the caller.</summary>
    public async Task<T> GetAsync(Func<Task<T>> ask)
    {
        if (_last is { } last && time.GetElapsedTime(last.At) < maxAge) return last.Value;
        _last = null;
        var value = await ask();
        _last = (value, time.GetTimestamp());
        return value;
    }

    /// <summary>The last answer, however old; null for none.</summary>
    public T? Last => _last?.Value;

    /// <summary>Forgets the answer.</summary>
    public void Clear() => _last = null;
}
