using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>
/// The median rule: a trial goes on when fewer than five others have reached the rung, or when the best value it has had so far is no worse
/// than the median of the others' values there.
/// </summary>
/// <remarks>
/// Source: Golovin, Solnik, Moitra, Kochanski, Karro and Sculley, "Google Vizier: A Service for Black-Box Optimization", KDD 2017, "Median
/// Stopping Rule". There the median is that of the others' running averages, which is milder, and of completed trials
/// alone; here it is that of their values at the rung, which are what the ledger keeps, whether they still run or not.
/// </remarks>
/// <param name="goal">Which way is better.</param>
public sealed class MedianPruner(MetricGoal goal) : IPruner
{
    /// <summary>How many others must have come as far before any is ended.</summary>
    public const int Fewest = 5;

    /// <inheritdoc/>
    public RungDecision Decide(RungValue own, IReadOnlyList<double> others)
    {
        if (others.Count < Fewest) return RungDecision.None;
        var sorted = RungOrder.Sorted(goal, others);
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : sorted[middle - 1] + ((sorted[middle] - sorted[middle - 1]) / 2);
        return RungDecision.Of(goal, own.Best, median);
    }

    /// <inheritdoc/>
    public Reason.Pruned Why(RungRecord record, int count) =>
        new Reason.PrunedByMedian(record.Rung, record.Value, record.Against, count - 1);
}
