using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>Finds the rungs that a study's trials have reached, and decides which trials are pruned there.</summary>
/// <remarks>
/// A trial is judged once at each rung, on everything known at that time: the recorded rungs, and the progress of every trial, in whatever
/// order they are listed. The decision is final, whatever other trials do later. Judging the same progress twice gives the same result.
/// Once there is a forecast of how trials end, it decides instead of the rule: a trial is pruned when it has hardly a chance of ending as
/// the best. So curves that cross do no harm: where early values say nothing about the end, no trial is hopeless.
/// </remarks>
/// <param name="pruning">The rule.</param>
/// <param name="ladder">The rungs.</param>
/// <param name="goal">Which way is better.</param>
public sealed class RungJudge(Pruning pruning, Ladder ladder, MetricGoal goal)
{
    /// <summary>A trial whose chance of ending as the best one is below this is pruned.</summary>
    public const double Hopeless = 0.002;

    /// <summary>
    /// The first trials of a study. Unless the user has set the first rung, only a forecast prunes them, which learns from them how trials
    /// end.
    /// </summary>
    public const int FirstTrials = 10;

    private const int MaxBracketRungs = 5;

    private readonly IPruner _pruner = IPruner.Of(pruning, goal);
    private readonly long[] _rungs = [.. ladder.Steps()];
    private readonly Brackets? _brackets =
        pruning.Rule == PruningRule.Hyperband ? new(Math.Min(MaxBracketRungs, ladder.Steps().Count()), pruning.Factor) : null;


    /// <summary>Judges the trials once.</summary>
    /// <param name="trials">
    /// The progress of all running trials, and of those that have ended since the last call. Ended trials count in comparisons, but are
    /// never pruned themselves.
    /// </param>
    /// <param name="recorded">All rungs of the study that are recorded.</param>
    /// <param name="at">The current time.</param>
    /// <param name="forecast">
    /// Makes the forecast of how running trials will end, or gives null while there is none. Called at most once, and only when a trial has
    /// reached a rung. Null for the rule alone.
    /// </param>
    public RungJudgement Judge(
        IReadOnlyList<TrialProgress> trials, IReadOnlyList<RungRecord> recorded, DateTimeOffset at, Func<IRungForecast?>? forecast = null)
    {
        var forecasts = forecast is null ? null : new Lazy<IRungForecast?>(forecast);
        var fresh = new List<RungRecord>();
        var pruned = recorded.Where(record => record.IsPruned).Select(record => record.Number).ToHashSet();
        var running = trials.Where(trial => !trial.HasEnded).Select(trial => trial.Number).ToHashSet();
        var latest = recorded.Where(record => running.Contains(record.Number) && !pruned.Contains(record.Number))
            .GroupBy(record => record.Number, (number, rungs) => rungs.MaxBy(record => record.Rung)!)
            .ToDictionary(record => record.Number, record => (record.Rung, record.Value));
        // From the lowest rung up: a trial that is pruned at one rung doesn't count at the next, even if it has reached that one already.
        foreach (var rung in Arrivals(trials, recorded).GroupBy(arrival => arrival.Own.Rung).OrderBy(rung => rung.Key))
        {
            var arrived = rung.Where(arrival => !pruned.Contains(arrival.Trial.Number)).OrderBy(arrival => arrival.Trial.Number).ToList();
            var before = recorded.Where(record => record.Rung == rung.Key).Select(record => record.Value).ToList();
            foreach (var (trial, own) in arrived)
                if (!trial.HasEnded) latest[trial.Number] = (own.Rung, own.Value);
            foreach (var (trial, own) in arrived)
            {
                var others = before.Concat(arrived.Where(other => other.Trial != trial).Select(other => other.Own.Value)).ToList();
                var decision = trial.HasEnded ? RungDecision.None : Decide(trial.Number, own, others, forecasts, latest);
                fresh.Add(new RungRecord(trial.Number, own.Rung, own.Value, at, decision.IsPruned, decision.Against));
            }

            pruned.UnionWith(fresh.Where(record => record.IsPruned).Select(record => record.Number));
            foreach (var number in pruned) latest.Remove(number);
        }

        // Includes earlier decisions: the process that recorded them may have been killed before it could stop the trials.
        IReadOnlyList<RungRecord> all = [.. recorded, .. fresh];
        var unfinished = all.Where(record => record.IsPruned && running.Contains(record.Number)).OrderBy(record => record.Number);
        return new RungJudgement(fresh, [.. unfinished.Select(record => new PrunedTrial(record.Number, Why(record, all)))]);
    }

    /// <summary>Why a trial was pruned, from the records.</summary>
    /// <param name="record">The record of the rung at which it was pruned.</param>
    /// <param name="all">All rungs of the study that are recorded.</param>
    public Reason.Pruned Why(RungRecord record, IReadOnlyList<RungRecord> all) =>
        // A rule never prunes without a bound.
        record.Against is null ? new Reason.PrunedByForecast(record.Rung, record.Value)
        : _pruner.Why(record, all.Count(other => other.Rung == record.Rung && other.At <= record.At));

    private RungDecision Decide(
        int number, RungValue own, List<double> others, Lazy<IRungForecast?>? forecasts, Dictionary<int, (long, double)> latest)
    {
        if (_brackets?.Of(number) > Array.IndexOf(_rungs, own.Rung)) return RungDecision.None;
        // The rules compare values at one step, and can't know whether these tell anything about the end. The forecast can.
        if (forecasts?.Value?.ChanceToLead(number, latest) is { } chance) return new RungDecision(chance < Hopeless, null);
        var isSpared = forecasts is not null && pruning.First is null && number <= FirstTrials && double.IsFinite(own.Value);
        return isSpared ? RungDecision.None : _pruner.Decide(own, others);
    }

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
