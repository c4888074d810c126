using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>
/// Asynchronous successive halving, the stopping variant: of the n values at a rung, its own included, a trial continues when fewer than
/// k = max(1, ⌊n/η⌋) are better than its own. So ties continue; and below η values every trial does.
/// </summary>
/// <remarks>
/// Source: Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht and Talwalkar, "A System for Massively Parallel Hyperparameter
/// Tuning", MLSys 2020, algorithm 2. In the paper a trial pauses at a rung and resumes once it is among the best. Here it keeps running
/// while it is among the best and is stopped otherwise, so that scripts need no checkpoints.
/// </remarks>
/// <param name="factor">η; at least 2.</param>
/// <param name="goal">Which way is better.</param>
public sealed class AshaPruner(int factor, MetricGoal goal) : IPruner
{
    /// <inheritdoc/>
    public RungDecision Decide(RungValue own, IReadOnlyList<double> others)
    {
        var count = others.Count + 1;
        if (count < factor) return RungDecision.None;
        var sorted = RungOrder.Sorted(goal, others.Append(own.Value));
        return RungDecision.Of(goal, own.Value, sorted[(count / factor) - 1]);
    }

    /// <inheritdoc/>
    public Reason.Pruned Why(RungRecord record, int count) =>
        new Reason.PrunedByRank(record.Rung, record.Value, record.Against, factor, count);
}
