using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>
/// Asynchronous successive halving, the variant that stops: of the n values at a rung, this one included, a trial goes on when fewer than
/// k = max(1, ⌊n/η⌋) are better than its own. So ties go on; and with n below η everything does.
/// </summary>
/// <remarks>
/// Source: Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht and Talwalkar, "A System for Massively Parallel Hyperparameter
/// Tuning", MLSys 2020, algorithm 2. There a trial waits until it is among the best and is taken up again; here it runs on while it is and
/// is ended when it is not, so that a script need not be able to go on from a checkpoint.
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
