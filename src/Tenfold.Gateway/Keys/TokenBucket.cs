namespace Tenfold.Gateway.Keys;

/// <summary>A limit of requests a second that allows a short burst. Safe for several threads at once.</summary>
/// <param name="rate">The requests a second in the long run.</param>
/// <param name="burst">The requests at once after a pause; at least 1.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenBucket(double rate, int burst, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _tokens = burst;
    private long _at = time.GetTimestamp();

    /// <summary>Takes one request.</summary>
    /// <returns>Zero when it may be made; otherwise after which time the next one may.</returns>
    public TimeSpan Take()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(burst, _tokens + (time.GetElapsedTime(_at, now).TotalSeconds * rate));
            _at = now;
            if (_tokens < 1) return TimeSpan.FromSeconds((1 - _tokens) / rate);
            _tokens--;
            return TimeSpan.Zero;
        }
    }
}
