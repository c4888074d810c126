using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>
/// The median rule: a trial continues when fewer than five others have reached the rung, or when its best value so far is no worse than the
/// median of the others' values there.
/// </summary>
/// <remarks>
/// Source: Golovin, Solnik, Moitra, Kochanski, Karro and Sculley, "Google Vizier: A Service for Black-Box Optimization", KDD 2017, "Median
/// Stopping Rule". Vizier takes the median of the running averages of completed trials, which is milder. Here it is the median of the
/// values at the rung, of completed and running trials alike, because those are the values that the ledger records.
/// </remarks>
/// <param name="goal">Which way is better.</param>
public sealed class MedianPruner(MetricGoal goal) : IPruner
{
    /// <summary>How many other trials must have reached a rung before any trial is pruned there.</summary>
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
