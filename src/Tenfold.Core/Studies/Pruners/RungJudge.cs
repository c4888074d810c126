using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>Looks at a study's trials, and says which rungs they have come to and which of them are to be ended there.</summary>
/// <remarks>
/// A decision is taken once for a trial and a rung, on all that is known at that moment: what is recorded, and what every trial has come
/// to by this look, in whatever order they are listed. It holds for good, however others do later. The same look twice gives the same
/// answer.
/// </remarks>
/// <param name="pruning">The rule.</param>
/// <param name="ladder">The rungs.</param>
/// <param name="goal">Which way is better.</param>
public sealed class RungJudge(Pruning pruning, Ladder ladder, MetricGoal goal)
{
    private readonly IPruner _pruner = IPruner.Of(pruning, goal);

    /// <summary>Looks once.</summary>
    /// <param name="trials">
    /// How far trials have come: all that run, and those that have ended since the last look. What has ended is measured against, but not
    /// ended again: it is never pruned at its own last word.
    /// </param>
    /// <param name="recorded">Every rung of the study that is recorded.</param>
    /// <param name="at">When this is.</param>
    public RungLook Look(IReadOnlyList<TrialProgress> trials, IReadOnlyList<RungRecord> recorded, DateTimeOffset at)
    {
        var fresh = new List<RungRecord>();
        var pruned = recorded.Where(record => record.IsPruned).Select(record => record.Number).ToHashSet();
        // Rung by rung from the lowest: who is ended at one is not counted at the next, even if it has been there by now.
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

        // Also those of earlier looks: whoever looked then may have been killed before it could end them.
        IReadOnlyList<RungRecord> all = [.. recorded, .. fresh];
        var running = trials.Where(trial => !trial.HasEnded).Select(trial => trial.Number).ToHashSet();
        return new RungLook(fresh, [.. all.Where(record => record.IsPruned && running.Contains(record.Number))
            .OrderBy(record => record.Number).Select(record => new PrunedTrial(record.Number, Why(record, all)))]);
    }

    /// <summary>Why a trial was ended, from what is recorded.</summary>
    /// <param name="record">The rung at which it was: pruned.</param>
    /// <param name="all">Every rung of the study that is recorded.</param>
    public Reason.Pruned Why(RungRecord record, IReadOnlyList<RungRecord> all) =>
        _pruner.Why(record, all.Count(other => other.Rung == record.Rung && other.At <= record.At));

    private IEnumerable<(TrialProgress Trial, RungValue Own)> Arrivals(IReadOnlyList<TrialProgress> trials,
        IReadOnlyList<RungRecord> recorded)
    {
        var highest = recorded.GroupBy(record => record.Number).ToDictionary(rungs => rungs.Key, rungs => rungs.Max(record => record.Rung));
        return trials.SelectMany(trial => Rungs.Reached(ladder, goal, trial.Runs, highest.GetValueOrDefault(trial.Number))
            .Select(own => (trial, own)));
    }
}

/// <summary>What a look at a study's trials showed.</summary>
/// <param name="Reached">Rungs that were reached since the last look: to be recorded, before anything is ended.</param>
/// <param name="Pruned">Trials that still run and are to be ended, by number; those of earlier looks too, until they have.</param>
public sealed record RungLook(IReadOnlyList<RungRecord> Reached, IReadOnlyList<PrunedTrial> Pruned);

/// <summary>A trial that is to be ended early.</summary>
/// <param name="Number">The trial.</param>
/// <param name="Why">Why.</param>
public sealed record PrunedTrial(int Number, Reason.Pruned Why);
