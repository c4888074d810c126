using System.Globalization;
using Microsoft.AspNetCore.Http;
using Prometheus;
using Tenfold.Server.Control;

namespace Tenfold.Server.Watching;

/// <summary>The server's metrics in Prometheus' format: its requests, and the rounds of its control loop.</summary>
internal sealed class ServerMetrics
{
    private static readonly double[] Bounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];

    private readonly Counter _requests;
    private readonly Counter _failedRounds;
    private readonly Histogram _rounds;
    private readonly Gauge _live;
    private readonly Gauge _faults;
    private readonly Gauge _lastRound;

    /// <summary>Makes metrics that are all zero.</summary>
    public ServerMetrics()
    {
        var factory = Metrics.WithCustomRegistry(Registry);
        factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        _requests = factory.CreateCounter(
            "tenfold_server_requests_total", "Requests by what they are for (api, hooks, health, metrics, other) and status.",
            "for", "status");
        _rounds = factory.CreateHistogram(
            "tenfold_server_round_seconds", "Seconds that a complete round of the control loop took.",
            new HistogramConfiguration { Buckets = Bounds });
        _failedRounds = factory.CreateCounter("tenfold_server_failed_rounds_total", "Rounds of the control loop that failed as a whole.");
        _live = factory.CreateGauge("tenfold_server_live_attempts", "Attempts that had not ended in the last round.");
        _faults = factory.CreateGauge("tenfold_server_faults", "Targets, stores and studies that the last round could not reconcile.");
        _lastRound = factory.CreateGauge(
            "tenfold_server_last_round_timestamp_seconds", "When the last complete round ended, in Unix time.");
    }

    /// <summary>The registry of the metrics.</summary>
    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Counts a request that was answered.</summary>
    public void CountRequest(PathString path, int status) =>
        _requests.WithLabels(PurposeOf(path), status.ToString(CultureInfo.InvariantCulture)).Inc();

    /// <summary>Records a complete round.</summary>
    /// <param name="round">The round.</param>
    /// <param name="took">How long it took.</param>
    public void RecordRound(ControlRound round, TimeSpan took)
    {
        _rounds.Observe(took.TotalSeconds);
        _live.Set(round.Live);
        _faults.Set(round.Faults.Count);
        if (round.At is { } at) _lastRound.Set(at.ToUnixTimeMilliseconds() / 1000.0);
    }

    /// <summary>Counts a round that failed as a whole.</summary>
    /// <param name="last">The last complete round, with the fault of this one.</param>
    public void CountFailedRound(ControlRound last)
    {
        _failedRounds.Inc();
        _faults.Set(last.Faults.Count);
    }

    // What others can choose is no label: each value of a label takes memory for ever.
    private static string PurposeOf(PathString path) =>
        path.StartsWithSegments("/api") ? "api"
        : path.StartsWithSegments("/hooks") || path.StartsWithSegments("/postreceive") || path.StartsWithSegments("/pushservice") ? "hooks"
        : path.StartsWithSegments("/health") ? "health"
        : path.StartsWithSegments("/metrics") ? "metrics"
        : "other";
}
