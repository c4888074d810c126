namespace Tenfold.Targets.Slurm;

/// <summary>
/// Caches an answer for a limited time, so that a long-lived process notices when the cluster's configuration changes.
/// </summary>
/// <param name="maxAge">How long an answer is used.</param>
/// <param name="time">The clock.</param>
internal sealed class TimedCache<T>(TimeSpan maxAge, TimeProvider time)
    where T : class
{
    private (T Value, long At)? _last;

    /// <summary>Returns the cached answer, or loads a new one when it is too old.</summary>
    /// <param name="load">Loads an answer. The caller gets its exceptions, and nothing is cached.</param>
    public async Task<T> GetAsync(Func<Task<T>> load)
    {
        if (_last is { } last && time.GetElapsedTime(last.At) < maxAge) return last.Value;
        _last = null;
        var value = await load();
        _last = (value, time.GetTimestamp());
        return value;
    }

    /// <summary>The cached answer, however old; null for none.</summary>
    public T? Last => _last?.Value;

    /// <summary>Discards the cached answer.</summary>
    public void Clear() => _last = null;
}
