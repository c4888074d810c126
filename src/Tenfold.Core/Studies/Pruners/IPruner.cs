using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>A rule that decides whether a trial that has reached a rung continues or is stopped.</summary>
public interface IPruner
{
    /// <summary>Decides about one trial at one rung.</summary>
    /// <param name="own">The trial's value there.</param>
    /// <param name="others">The values of all other trials that have reached the rung so far, in any order; NaN is the worst.</param>
    RungDecision Decide(RungValue own, IReadOnlyList<double> others);

    /// <summary>Why a trial was pruned.</summary>
    /// <param name="record">The record of the rung at which it was pruned.</param>
    /// <param name="count">How many trials had reached the rung, this one included.</param>
    Reason.Pruned Why(RungRecord record, int count);

    /// <summary>Creates the pruner for a rule of <c>tenfold.yaml</c>.</summary>
    static IPruner Of(Pruning pruning, MetricGoal goal) =>
        pruning.Rule == PruningRule.Median ? new MedianPruner(goal) : new AshaPruner(pruning.Factor, goal);
}

/// <summary>What was decided at a rung.</summary>
/// <param name="IsPruned">True when the trial is to be stopped.</param>
/// <param name="Against">The value that was needed to continue; null when none was needed, or when it is NaN.</param>
public sealed record RungDecision(bool IsPruned, double? Against)
{
    /// <summary>The trial continues; too few others have reached the rung for a comparison.</summary>
    public static RungDecision None { get; } = new(false, null);

    /// <summary>Continues unless the value is worse than the bound. Ties continue, and every value meets a bound of NaN.</summary>
    internal static RungDecision Of(MetricGoal goal, double value, double bound) =>
        new(RungOrder.Compare(goal, value, bound) > 0, double.IsNaN(bound) ? null : bound);
}
