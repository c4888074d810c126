namespace Tenfold.Core.Statistics;

/// <summary>Which way a metric is better.</summary>
public enum MetricGoal
{
    /// <summary>Larger is better, as for accuracy.</summary>
    Maximize,

    /// <summary>Smaller is better, as for a loss.</summary>
    Minimize,
}
