using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies.Pruners;

namespace Tenfold.Core.Studies;

/// <summary>Monitors a study's running trials: records the outcomes of those that have ended, and prunes those that fall behind.</summary>
internal sealed class TrialMonitor(ILedger ledger, IStudyLedger studies, StudyRecord study, TimeProvider time)
{
    private readonly HashSet<int> _counted = []; // completed trials whose rungs are recorded
    private RungJudge? _judge; // set once the length of a whole trial is known

    /// <summary>The runs of the running trials, by trial number.</summary>
    public async Task<IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>>> RunsOfRunningTrialsAsync(
        IReadOnlyList<TrialRecord> trials, CancellationToken cancellationToken)
    {
        var runs = new Dictionary<int, IReadOnlyList<RunWithMetrics>>();
        foreach (var trial in trials.Where(trial => trial is { State: TrialState.Running, Group: not null }))
            runs[trial.Number] = await ledger.ListRunsAsync(trial.Group!, cancellationToken);
        return runs;
    }

    /// <summary>Records the outcomes of trials whose runs have ended.</summary>
    /// <param name="trials">Every trial; ended trials are updated in the list.</param>
    /// <param name="running">The runs of the running trials.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>True when a trial has ended.</returns>
    public async Task<bool> RecordOutcomesAsync(
        List<TrialRecord> trials, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> running, CancellationToken cancellationToken)
    {
        var hasEnded = false;
        foreach (var (number, runs) in running.OrderBy(trial => trial.Key))
        {
            if (!runs.All(run => run.Run.State.IsFinal())) continue;
            var trial = trials[number - 1];
            var tell = TrialOutcome.Of(trial, study.Spec.Metric.Name, runs, await FindLostAsync(runs, cancellationToken), Pruned(runs))!;
            // False means that another process recorded the same outcome first.
            await studies.TellAsync(tell, cancellationToken);
            trials[number - 1] = trial with { State = tell.State, Values = tell.Values, Why = tell.Why, EndedAt = tell.At };
            hasEnded = true;
        }

        return hasEnded;
    }

    /// <summary>Records which rungs the trials have reached, and prunes the trials that fall behind.</summary>
    /// <param name="trials">Every trial.</param>
    /// <param name="running">The runs of the trials that were running when this round began.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task PruneAsync(
        List<TrialRecord> trials, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> running, CancellationToken cancellationToken)
    {
        if (study.Spec.Prune is not { } pruning) return;
        if (await MakeJudgeAsync(pruning, trials, cancellationToken) is not { } judge) return;
        var recorded = await studies.ListRungsAsync(study.Id, cancellationToken);
        var completed = await ListNewlyCompletedAsync(trials, recorded, cancellationToken);
        List<TrialProgress> progress =
            [.. running.Concat(completed).Select(trial => new TrialProgress(trial.Key, [.. trial.Value.Select(Progress)]))];
        if (progress.Count == 0) return;
        var now = time.GetUtcNow();
        var judgement = judge.Judge(progress, recorded, now);
        // Record the decisions before acting on them: after a crash here, the next round finds and completes them.
        if (judgement.Reached.Count > 0) await studies.AddRungsAsync(study.Id, judgement.Reached, cancellationToken);
        _counted.UnionWith(completed.Keys);
        foreach (var pruned in judgement.Pruned.Where(pruned => trials[pruned.Number - 1].State == TrialState.Running))
        {
            var unfinished = running[pruned.Number].Where(run => !run.Run.State.IsFinal() && run.Run.CancelRequestedAt is null)
                .Select(run => run.Run.Id).ToList();
            if (unfinished.Count > 0) await ledger.RequestCancelAsync(unfinished, now, pruned.Why, cancellationToken);
        }
    }

    // Trials that completed before the rungs were known, or whose rungs were not recorded: other trials are compared with them too.
    private async Task<Dictionary<int, IReadOnlyList<RunWithMetrics>>> ListNewlyCompletedAsync(
        List<TrialRecord> trials, IReadOnlyList<RungRecord> recorded, CancellationToken cancellationToken)
    {
        _counted.UnionWith(recorded.Select(rung => rung.Number));
        var completed = new Dictionary<int, IReadOnlyList<RunWithMetrics>>();
        foreach (var trial in trials)
            if (trial is { State: TrialState.Completed, Group: { } group } && !_counted.Contains(trial.Number))
                completed[trial.Number] = await ledger.ListRunsAsync(group, cancellationToken);
        return completed;
    }

    private async Task<RungJudge?> MakeJudgeAsync(Pruning pruning, List<TrialRecord> trials, CancellationToken cancellationToken)
    {
        if (_judge is not null) return _judge;
        var lastStep = await ReadLastStepAsync(trials, cancellationToken);
        var judge = Ladder.Of(pruning, lastStep) is { } ladder ? new RungJudge(pruning, ladder, study.Spec.Metric.Goal) : null;
        if (lastStep is not null) _judge = judge;
        return judge;
    }

    private async Task<long?> ReadLastStepAsync(List<TrialRecord> trials, CancellationToken cancellationToken)
    {
        var first = trials.Where(trial => trial is { State: TrialState.Completed, Group: not null })
            .MinBy(trial => (trial.EndedAt, trial.Number));
        if (first is null) return null;
        var runs = await ledger.ListRunsAsync(first.Group!, cancellationToken);
        return runs.Max(run => run.Metrics.FirstOrDefault(metric => metric.Name == study.Spec.Metric.Name)?.LastStep);
    }

    private RunProgress Progress(RunWithMetrics run) =>
        new(run.Metrics.FirstOrDefault(metric => metric.Name == study.Spec.Metric.Name)?.Series ?? [], run.Run.State.IsFinal());

    private static Reason.Pruned? Pruned(IReadOnlyList<RunWithMetrics> runs) =>
        runs.Select(run => run.Run.CancelReason).OfType<Reason.Pruned>().FirstOrDefault();

    private async Task<IReadOnlySet<string>> FindLostAsync(IReadOnlyList<RunWithMetrics> runs, CancellationToken cancellationToken)
    {
        var lost = new HashSet<string>();
        foreach (var run in runs.Where(run => run.Run.State == RunState.Failed))
            if ((await ledger.ListAttemptsAsync(run.Run.Id, cancellationToken))[^1].State == AttemptState.Lost) lost.Add(run.Run.Id);
        return lost;
    }
}
