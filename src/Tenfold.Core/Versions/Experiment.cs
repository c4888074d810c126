using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Versions;

/// <summary>An A/B test of two versions of a model, as the ledger records it. All that decides is fixed when it starts.</summary>
public sealed record Experiment
{
    /// <summary>1 for the model's first experiment; each further one adds 1.</summary>
    public required int Number { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>The version that is in production.</summary>
    public required string Baseline { get; init; }

    /// <summary>The version that may replace it.</summary>
    public required string Candidate { get; init; }

    /// <summary>The metric of the outcomes that decides.</summary>
    public required string Metric { get; init; }

    /// <summary>Which way the metric is better.</summary>
    public required MetricGoal Goal { get; init; }

    /// <summary>The probability of a wrong verdict that the test allows over all looks together. Default: 0.05.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>The number of keys of both arms together at which the confidence sequence is narrowest.</summary>
    public required long TunedFor { get; init; }

    /// <summary>The number of keys that each arm needs before the first look.</summary>
    public required long FirstLook { get; init; }

    /// <summary>When it started; earlier requests do not count.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Who started it: <c>user@host</c>.</summary>
    public required string StartedBy { get; init; }

    /// <summary>When it ended; null while it runs. Later requests do not count.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended; null while it runs.</summary>
    public Reason? EndReason { get; init; }
}
