namespace Tenfold.App.Serving.Replicas;

/// <summary>The times by which replicas are started, watched and stopped.</summary>
public sealed record ReplicaOptions
{
    /// <summary>How long a replica may take to become ready; default 8 minutes, as SageMaker allows.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>How long one <c>GET /ping</c> may take; default 2 s, as SageMaker allows.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest pause between two pings of a replica that is starting; default 500 ms. The first pauses are shorter.</summary>
    public TimeSpan StartPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The pause between two pings of a replica that is ready; default 2 s.</summary>
    public TimeSpan WatchPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many pings in a row must be refused or answered with another status than 200 before a replica is unready; default
    /// 2.</summary>
    public int RefusedPings { get; init; } = 2;

    /// <summary>
    /// How many pings in a row may time out before a replica is unready; default 5. A service with one thread does not answer while it
    /// computes, so this is more patient than <see cref="RefusedPings"/>.
    /// </summary>
    public int SlowPings { get; init; } = 5;

    /// <summary>How long a replica may stay unready before it is restarted; default 60 s.</summary>
    public TimeSpan UnreadyTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The pause before the first restart; default 500 ms. Each further pause is twice as long.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause before a restart; default 30 s.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A replica that was ready for this long is stable: its earlier failures are forgotten. Default 60 s.</summary>
    public TimeSpan StableTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many failures in a row, without a stable time between them, are a crash loop; default 3.</summary>
    public int CrashLoop { get; init; } = 3;

    /// <summary>Time from SIGTERM to SIGKILL; default 25 s, as the container contract says.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>The size at which a replica's log is moved to <c>.1</c>; default 64 MiB.</summary>
    public long MaxLogBytes { get; init; } = 64L << 20;

    /// <summary>The pause before a restart.</summary>
    /// <param name="failures">How many failures in a row there were, from 1.</param>
    public TimeSpan BackoffAfter(int failures)
    {
        var pause = FirstBackoff * Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        return pause < LongestBackoff ? pause : LongestBackoff;
    }
}
