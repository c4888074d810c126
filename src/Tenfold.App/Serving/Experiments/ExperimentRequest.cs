using Tenfold.Numerics.Statistics;

namespace Tenfold.App.Serving.Experiments;

/// <summary>An experiment that a user asks for. What decides is fixed before the first request counts.</summary>
/// <param name="Model">The model.</param>
/// <param name="Baseline">The version in production.</param>
/// <param name="Candidate">The version that may replace it.</param>
/// <param name="Metric">The metric that decides.</param>
public sealed record ExperimentRequest(string Model, string Baseline, string Candidate, string Metric)
{
    /// <summary>Which way is better; null: down for <c>latency</c> and <c>errors</c>, up for others.</summary>
    public MetricGoal? Goal { get; init; }

    /// <summary>The chance of ever giving a false verdict; above 0, below 0.5. Default 0.05.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>The number of keys at which a verdict is expected; the interval is narrowest there. Default 5,000.</summary>
    public long ExpectedKeys { get; init; } = 5000;
}
