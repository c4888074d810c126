using System.Collections.Concurrent;
using System.Globalization;
using Prometheus;
using Tenfold.Core.Requests;
using Tenfold.Gateway.Forwarding;

namespace Tenfold.Gateway.Watching;

/// <summary>The gateway's metrics in Prometheus' format, for each model and version.</summary>
internal sealed class GatewayMetrics
{
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private readonly ConcurrentDictionary<(string Model, string Version), Counters> _counters = new();
    private readonly Counter _requests;
    private readonly Histogram _latency;
    private readonly Counter _shadows;
    private readonly Counter _droppedShadows;
    private readonly Counter _rejected;

    /// <summary>Makes metrics that are all zero.</summary>
    public GatewayMetrics()
    {
        var factory = Metrics.WithCustomRegistry(Registry);
        // The text format has no exemplars, and making them costs several texts a request.
        factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        _requests = factory.CreateCounter(
            "tenfold_requests_total", "Requests by model, version, status and outcome.", "model", "version", "status", "outcome");
        _latency = factory.CreateHistogram(
            "tenfold_request_seconds", "Seconds from a request's first byte to the end of its reply.",
            new HistogramConfiguration { LabelNames = ["model", "version"], Buckets = Bounds });
        _shadows = factory.CreateCounter(
            "tenfold_shadow_requests_total", "Copies of requests that were sent, by their outcome.", "model", "version", "outcome");
        _droppedShadows = factory.CreateCounter(
            "tenfold_shadow_dropped_total", "Copies of requests that were dropped, because too many waited.", "model", "version");
        _rejected = factory.CreateCounter(
            "tenfold_rejected_total", "Requests that were refused before a model was chosen, by status.", "status");
    }

    /// <summary>The registry of the metrics.</summary>
    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Counts a request.</summary>
    public void Count(Exchange exchange, int status, RequestOutcome outcome, TimeSpan latency)
    {
        var counters = _counters.GetOrAdd((exchange.Model, exchange.Assignment.Version), static (name, metrics) =>
            new Counters(metrics._latency.WithLabels(name.Model, name.Version), new()), this);
        var counter = counters.Requests.GetOrAdd((status, outcome), static (end, of) => of.Metrics._requests.WithLabels(
            of.Model, of.Version, end.Status.ToString(CultureInfo.InvariantCulture), RequestWords.Of(end.Outcome)),
            (Metrics: this, exchange.Model, exchange.Assignment.Version));
        counter.Inc();
        counters.Latency.Observe(latency.TotalSeconds);
    }

    /// <summary>How many requests a version got since the gateway started.</summary>
    public double TotalOf(string model, string version) =>
        _counters.TryGetValue((model, version), out var counters) ? counters.Requests.Values.Sum(counter => counter.Value) : 0;

    /// <summary>Counts a request that was refused before a model was chosen.</summary>
    public void CountRejected(int status) => _rejected.WithLabels(status.ToString(CultureInfo.InvariantCulture)).Inc();

    /// <summary>Counts a copy that was sent.</summary>
    public void CountShadow(string model, string version, RequestOutcome outcome) =>
        _shadows.WithLabels(model, version, RequestWords.Of(outcome)).Inc();

    /// <summary>Counts a copy that was dropped.</summary>
    public void CountDroppedShadow(string model, string version) => _droppedShadows.WithLabels(model, version).Inc();

    private sealed record Counters(
        Histogram.Child Latency, ConcurrentDictionary<(int Status, RequestOutcome Outcome), Counter.Child> Requests);
}
