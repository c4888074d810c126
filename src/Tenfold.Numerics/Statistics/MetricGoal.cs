namespace Tenfold.Numerics.Statistics;

/// <summary>Whether higher or lower values of a metric are better.</summary>
public enum MetricGoal
{
    /// <summary>Higher is better: accuracy, F1, reward.</summary>
    Maximize,

    /// <summary>Lower is better: loss, error, latency.</summary>
    Minimize,
}
