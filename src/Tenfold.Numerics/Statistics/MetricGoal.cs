namespace Tenfold.Numerics.Statistics;

/// <summary>Which way of a metric is better.</summary>
public enum MetricGoal
{
    /// <summary>More is better: accuracy, F1, reward.</summary>
    Maximize,

    /// <summary>Less is better: loss, error, latency.</summary>
    Minimize,
}
