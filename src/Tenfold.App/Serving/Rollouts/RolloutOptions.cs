namespace Tenfold.App.Serving.Rollouts;

/// <summary>When a version loses its traffic. The defaults are those that bench/experiments simulates.</summary>
public sealed record RolloutOptions
{
    /// <summary>
    /// The chance that a version that is no worse than its baseline ever loses its traffic to a test. Half of it goes to failed requests,
    /// and half to slow ones. Default 0.01.
    /// </summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>How long no replica may be ready. Default 5 seconds.</summary>
    public TimeSpan NotReadyFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>With fewer requests to the version, no test decides. Default 20.</summary>
    public long FewestRequests { get; init; } = 20;

    /// <summary>
    /// A request is slow when it takes more than this times what 95 % of the baseline's requests take. Default 1.5, so that a version that
    /// is slightly slower than a baseline with steady latencies does not lose its traffic.
    /// </summary>
    public double SlowFactor { get; init; } = 1.5;

    /// <summary>How long after a version's first request latencies are not judged, because its caches are cold. Default 30 s.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(30);
}
