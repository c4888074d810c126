using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies.Pruners;

namespace Tenfold.Core.Studies;

/// <summary>Looks after a study's running trials: tells what came of those that have ended, and ends those that fall behind.</summary>
internal sealed class TrialWatch(ILedger ledger, IStudyLedger studies, StudyRecord study, TimeProvider time)
{
    private readonly HashSet<int> _counted = []; // trials that ended, and whose rungs are recorded
    private RungJudge? _judge; // once the length of a whole trial is known

    /// <summary>The runs of the trials that run, by trial number.</summary>
    public async Task<IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>>> RunningAsync(
        IReadOnlyList<TrialRecord> trials, CancellationToken cancellationToken)
    {
        var runs = new Dictionary<int, IReadOnlyList<RunWithMetrics>>();
        foreach (var trial in trials.Where(trial => trial is { State: TrialState.Running, Group: not null }))
            runs[trial.Number] = await ledger.RunsOfAsync(trial.Group!, cancellationToken);
        return runs;
    }

    /// <summary>Tells what came of trials whose runs have ended.</summary>
    /// <param name="trials">Every trial; those that are told are changed in it.</param>
    /// <param name="running">The runs of those that run.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>True when a trial was told.</returns>
    public async Task<bool> TellAsync(
        List<TrialRecord> trials, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> running, CancellationToken cancellationToken)
    {
        var told = false;
        foreach (var (number, runs) in running.OrderBy(trial => trial.Key))
        {
            if (!runs.All(run => run.Run.State.IsFinal())) continue;
            var trial = trials[number - 1];
            var tell = TrialOutcome.Of(trial, study.Spec.Metric.Name, runs, await LostAsync(runs, cancellationToken), Pruned(runs))!;
            // Whoever told first, it stands there now.
            await studies.TellAsync(tell, cancellationToken);
            trials[number - 1] = trial with { State = tell.State, Values = tell.Values, Why = tell.Why, EndedAt = tell.At };
            told = true;
        }

        return told;
    }

    /// <summary>Records which rungs trials have come to, and ends those that fall behind there.</summary>
    /// <param name="trials">Every trial.</param>
    /// <param name="looked">The runs of all that ran when this look began.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task PruneAsync(
        List<TrialRecord> trials, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> looked, CancellationToken cancellationToken)
    {
        if (study.Spec.Prune is not { } pruning) return;
        if (await JudgeAsync(pruning, trials, cancellationToken) is not { } judge) return;
        var recorded = await studies.RungsOfAsync(study.Id, cancellationToken);
        var ended = await EndedAsync(trials, recorded, cancellationToken);
        List<TrialProgress> progress =
            [.. looked.Concat(ended).Select(trial => new TrialProgress(trial.Key, [.. trial.Value.Select(Progress)]))];
        if (progress.Count == 0) return;
        var now = time.GetUtcNow();
        var look = judge.Look(progress, recorded, now);
        // First the record of it: whoever comes after a crash here ends them by that.
        if (look.Reached.Count > 0) await studies.AddRungsAsync(study.Id, look.Reached, cancellationToken);
        _counted.UnionWith(ended.Keys);
        foreach (var pruned in look.Pruned.Where(pruned => trials[pruned.Number - 1].State == TrialState.Running))
        {
            var going =
                looked[pruned.Number].Where(run => !run.Run.State.IsFinal() && run.Run.CancelRequestedAt is null).Select(run => run.Run.Id)
                    .ToList();
            if (going.Count > 0) await ledger.RequestCancelAsync(going, now, pruned.Why, cancellationToken);
        }
    }

    // Trials that ended before the rungs were known, or were told by somebody who looked at no rungs: others are measured against them too.
    private async Task<Dictionary<int, IReadOnlyList<RunWithMetrics>>> EndedAsync(
        List<TrialRecord> trials, IReadOnlyList<RungRecord> recorded, CancellationToken cancellationToken)
    {
        _counted.UnionWith(recorded.Select(rung => rung.Number));
        var ended = new Dictionary<int, IReadOnlyList<RunWithMetrics>>();
        foreach (var trial in trials.Where(
            trial => trial is { State: TrialState.Completed, Group: not null } && !_counted.Contains(trial.Number)))
            ended[trial.Number] = await ledger.RunsOfAsync(trial.Group!, cancellationToken);
        return ended;
    }

    private async Task<RungJudge?> JudgeAsync(Pruning pruning, List<TrialRecord> trials, CancellationToken cancellationToken)
    {
        if (_judge is not null) return _judge;
        var full = await FullAsync(trials, cancellationToken);
        var judge = Ladder.Of(pruning, full) is { } ladder ? new RungJudge(pruning, ladder, study.Spec.Metric.Goal) : null;
        if (full is not null) _judge = judge;
        return judge;
    }

    private async Task<long?> FullAsync(List<TrialRecord> trials, CancellationToken cancellationToken)
    {
        var first = trials.Where(trial => trial is { State: TrialState.Completed, Group: not null })
            .MinBy(trial => (trial.EndedAt, trial.Number));
        return first is null ? null : (await ledger.RunsOfAsync(first.Group!, cancellationToken))
            .Max(run => run.Metrics.FirstOrDefault(metric => metric.Name == study.Spec.Metric.Name)?.LastStep);
    }

    private RunProgress Progress(RunWithMetrics run) =>
        new(run.Metrics.FirstOrDefault(metric => metric.Name == study.Spec.Metric.Name)?.Series ?? [], run.Run.State.IsFinal());

    private static Reason.Pruned? Pruned(IReadOnlyList<RunWithMetrics> runs) =>
        runs.Select(run => run.Run.CancelReason).OfType<Reason.Pruned>().FirstOrDefault();

    private async Task<IReadOnlySet<string>> LostAsync(IReadOnlyList<RunWithMetrics> runs, CancellationToken cancellationToken)
    {
        var lost = new HashSet<string>();
        foreach (var run in runs.Where(run => run.Run.State == RunState.Failed))
            if ((await ledger.AttemptsOfAsync(run.Run.Id, cancellationToken))[^1].State == AttemptState.Lost) lost.Add(run.Run.Id);
        return lost;
    }
}
