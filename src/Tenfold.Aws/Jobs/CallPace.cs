namespace Tenfold.Aws.Jobs;

/// <summary>
/// Spaces the rounds of observation, so that all of them together make about twenty calls a minute: Batch throttles an account's
/// DescribeJobs early, SageMaker allows two listings a second, and everybody's tools share these limits.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="perCall">How long to wait after each call; null for 3 s.</param>
internal sealed class CallPace(TimeProvider time, TimeSpan? perCall = null)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly TimeSpan _perCall = perCall ?? TimeSpan.FromSeconds(3);
    private readonly Lock _gate = new();
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>True when a round may make calls now.</summary>
    public bool IsDue
    {
        get
        {
            lock (_gate) return time.GetUtcNow() >= _next;
        }
    }

    /// <summary>Notes that calls are made.</summary>
    public void Count(int calls)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var next = (_next > now ? _next : now) + _perCall * calls;
            _next = next - now > Longest ? now + Longest : next;
        }
    }
}
