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
    private long _since;
    private TimeSpan _wait;

    /// <summary>True when a round may make calls now.</summary>
    public bool IsDue
    {
        get
        {
            lock (_gate) return time.GetElapsedTime(_since) >= _wait;
        }
    }

    /// <summary>Notes that calls are made.</summary>
    public void Count(int calls)
    {
        lock (_gate)
        {
            // The elapsed time, not the time of day: a clock that is set back must not stop the observation.
            var rest = _wait - time.GetElapsedTime(_since);
            var next = (rest > TimeSpan.Zero ? rest : TimeSpan.Zero) + _perCall * calls;
            (_since, _wait) = (time.GetTimestamp(), next > Longest ? Longest : next);
        }
    }
}
