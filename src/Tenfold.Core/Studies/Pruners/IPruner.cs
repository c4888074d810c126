using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>A rule by which a trial that has reached a rung goes on or is ended.</summary>
public interface IPruner
{
    /// <summary>Decides about one trial at one rung.</summary>
    /// <param name="own">What the trial has there.</param>
    /// <param name="others">The values of all other trials that have reached that rung so far, in any order; NaN is worse than any.</param>
    RungDecision Decide(RungValue own, IReadOnlyList<double> others);

    /// <summary>
    /// Why a trial was ended early.
    /// </summary>
    /// <param name="record">What was recorded: it is pruned.</param>
    /// <param name="count">How many trials had reached the rung, this one included.</param>
    Reason.Pruned Why(RungRecord record, int count);

    /// <summary>The rule that <c>tenfold.yaml</c> names.</summary>
    static IPruner Of(Pruning pruning, MetricGoal goal) =>
        pruning.Rule == PruningRule.Asha ? new AshaPruner(pruning.Factor, goal) : new MedianPruner(goal);
}

/// <summary>What was decided at a rung.</summary>
/// <param name="IsPruned">True when the trial is to be ended.</param>
/// <param name="Against">The value that was needed to go on; null when none was, or when it is NaN.</param>
public sealed record RungDecision(bool IsPruned, double? Against)
{
    /// <summary>It goes on unmeasured.</summary>
    public static RungDecision None { get; } = new(false, null);

    /// <summary>Goes on unless the value is worse than the bound; ties go on, and a bound of NaN is met by all.</summary>
    internal static RungDecision Of(MetricGoal goal, double value, double bound) =>
        new(RungOrder.Compare(goal, value, bound) > 0, double.IsNaN(bound) ? null : bound);
}
