using Tenfold.Core.Requests;
using Tenfold.Core.Versions;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Experiments;

/// <summary>The metrics of experiments. Two are measured of each request, and all others come as feedback.</summary>
public static class ExperimentMetric
{
    /// <summary>The latency of a request, in milliseconds.</summary>
    public const string Latency = "latency";

    /// <summary>1 for a request that failed on the server's side, else 0.</summary>
    public const string Errors = "errors";

    /// <summary>Which way a metric is better unless the user says otherwise: latency and errors are minimised, others maximised.</summary>
    public static MetricGoal GoalOf(string metric) => metric is Latency or Errors ? MetricGoal.Minimize : MetricGoal.Maximize;

    /// <summary>What is measured of a request.</summary>
    public static Measure MeasureOf(string metric) => metric switch
    {
        Latency => Measure.LatencyMilliseconds,
        Errors => Measure.ServerError,
        _ => Measure.Feedback,
    };

    /// <summary>The query for the outcomes of an experiment.</summary>
    public static OutcomeQuery QueryOf(Experiment experiment) => new()
    {
        Model = experiment.Model,
        Measure = MeasureOf(experiment.Metric),
        Metric = MeasureOf(experiment.Metric) == Measure.Feedback ? experiment.Metric : null,
        Arms = [ArmNames.Baseline, ArmNames.Candidate],
        Since = experiment.StartedAt,
        Until = experiment.EndedAt,
    };
}

/// <summary>The names of an experiment's arms in headers and in the request log.</summary>
public static class ArmNames
{
    /// <summary>The version that is in production.</summary>
    public const string Baseline = "baseline";

    /// <summary>The version that may replace it.</summary>
    public const string Candidate = "candidate";
}
