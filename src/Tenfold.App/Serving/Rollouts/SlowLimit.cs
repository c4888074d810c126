namespace Tenfold.App.Serving.Rollouts;

/// <summary>
/// From which latency on a request is slow, by the baseline's earlier requests. The limit stays while the next requests are judged, so
/// that it knows nothing about them. Not thread-safe.
/// </summary>
/// <param name="factor">See <see cref="RolloutOptions.SlowFactor"/>.</param>
internal sealed class SlowLimit(double factor)
{
    // Ten buckets for each factor of ten, from a microsecond to about a day.
    private const int BucketsPerDecade = 10, Buckets = 110;
    private const long Few = 200, Enough = 2000;
    private const double Quantile = 0.95;

    private readonly long[] _counts = new long[Buckets];
    private long _count;

    /// <summary>The limit; null until the baseline has had 200 requests.</summary>
    public TimeSpan? Value { get; private set; }

    /// <summary>Notes the latency of a request of the baseline.</summary>
    public void Add(TimeSpan latency)
    {
        _counts[BucketOf(latency)]++;
        _count++;
        if (_count < (Value is null ? Few : Enough)) return;
        Value = UpperEnd(QuantileBucket()) * factor;
        Array.Clear(_counts);
        _count = 0;
    }

    private int QuantileBucket()
    {
        long sum = 0;
        for (var i = 0; i < Buckets; i++)
        {
            sum += _counts[i];
            if (sum >= Quantile * _count) return i;
        }

        return Buckets - 1;
    }

    private static int BucketOf(TimeSpan latency) =>
        (int)Math.Clamp(Math.Ceiling(Math.Log10(Math.Max(latency.TotalMicroseconds, 1)) * BucketsPerDecade), 0, Buckets - 1);

    private static TimeSpan UpperEnd(int bucket) => TimeSpan.FromMicroseconds(Math.Pow(10, (double)bucket / BucketsPerDecade));
}
