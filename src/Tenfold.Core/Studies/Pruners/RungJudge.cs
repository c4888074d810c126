using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>Finds the rungs that a study's trials have reached, and decides which trials are pruned there.</summary>
/// <remarks>
/// A trial is judged once at each rung, on everything known at that time: the recorded rungs, and the progress of every trial, in whatever
/// order they are listed. The decision is final, whatever other trials do later. Judging the same progress twice gives the same result.
/// </remarks>
/// <param name="pruning">The rule.</param>
/// <param name="ladder">The rungs.</param>
/// <param name="goal">Which way is better.</param>
public sealed class RungJudge(Pruning pruning, Ladder ladder, MetricGoal goal)
{
    private readonly IPruner _pruner = IPruner.Of(pruning, goal);

    /// <summary>Judges the trials once.</summary>
    /// <param name="trials">
    /// The progress of all running trials, and of those that have ended since the last call. Ended trials count in comparisons, but are
    /// never pruned themselves.
    /// </param>
    /// <param name="recorded">All rungs of the study that are recorded.</param>
    /// <param name="at">The current time.</param>
    public RungJudgement Judge(IReadOnlyList<TrialProgress> trials, IReadOnlyList<RungRecord> recorded, DateTimeOffset at)
    {
        var fresh = new List<RungRecord>();
        var pruned = recorded.Where(record => record.IsPruned).Select(record => record.Number).ToHashSet();
        // From the lowest rung up: a trial that is pruned at one rung doesn't count at the next, even if it has reached that one already.
        foreach (var rung in Arrivals(trials, recorded).GroupBy(arrival => arrival.Own.Rung).OrderBy(rung => rung.Key))
        {
            var arrived = rung.Where(arrival => !pruned.Contains(arrival.Trial.Number)).OrderBy(arrival => arrival.Trial.Number).ToList();
            var before = recorded.Where(record => record.Rung == rung.Key).Select(record => record.Value).ToList();
            foreach (var (trial, own) in arrived)
            {
                var others = before.Concat(arrived.Where(other => other.Trial != trial).Select(other => other.Own.Value)).ToList();
                var decision = trial.HasEnded ? RungDecision.None : _pruner.Decide(own, others);
                fresh.Add(new RungRecord(trial.Number, own.Rung, own.Value, at, decision.IsPruned, decision.Against));
            }

            pruned.UnionWith(fresh.Where(record => record.IsPruned).Select(record => record.Number));
        }

        // Includes earlier decisions: the process that recorded them may have been killed before it could stop the trials.
        IReadOnlyList<RungRecord> all = [.. recorded, .. fresh];
        var running = trials.Where(trial => !trial.HasEnded).Select(trial => trial.Number).ToHashSet();
        var unfinished = all.Where(record => record.IsPruned && running.Contains(record.Number)).OrderBy(record => record.Number);
        return new RungJudgement(fresh, [.. unfinished.Select(record => new PrunedTrial(record.Number, Why(record, all)))]);
    }

    /// <summary>Why a trial was pruned, from the records.</summary>
    /// <param name="record">The record of the rung at which it was pruned.</param>
    /// <param name="all">All rungs of the study that are recorded.</param>
    public Reason.Pruned Why(RungRecord record, IReadOnlyList<RungRecord> all) =>
        _pruner.Why(record, all.Count(other => other.Rung == record.Rung && other.At <= record.At));

    private IEnumerable<(TrialProgress Trial, RungValue Own)> Arrivals(
        IReadOnlyList<TrialProgress> trials, IReadOnlyList<RungRecord> recorded)
    {
        var highest = recorded.GroupBy(record => record.Number).ToDictionary(rungs => rungs.Key, rungs => rungs.Max(record => record.Rung));
        return trials.SelectMany(trial => Rungs.Reached(ladder, goal, trial.Runs, highest.GetValueOrDefault(trial.Number))
            .Select(own => (trial, own)));
    }
}

/// <summary>The decisions about a study's trials.</summary>
/// <param name="Reached">Newly reached rungs, to be recorded before any trial is stopped.</param>
/// <param name="Pruned">Running trials that are to be stopped, ordered by number. Includes
/// those of earlier calls until they have ended.</param>
public sealed record RungJudgement(IReadOnlyList<RungRecord> Reached, IReadOnlyList<PrunedTrial> Pruned);

/// <summary>A trial that is to be stopped early.</summary>
/// <param name="Number">The trial.</param>
/// <param name="Why">Why it is stopped.</param>
public sealed record PrunedTrial(int Number, Reason.Pruned Why);
