using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies.Pruners;
using Tenfold.Numerics.Tuning.Forecasts;

namespace Tenfold.Core.Studies;

/// <summary>Monitors a study's running trials: records the outcomes of those that have ended, and prunes those that fall behind.</summary>
internal sealed class TrialMonitor(ILedger ledger, IStudyLedger studies, StudyRecord study, StudyHistory history, TimeProvider time)
{
    private readonly FinalForecasts _forecasts = new();
    private readonly Dictionary<int, long?> _lastSteps = []; // by number, of the completed trials
    private readonly HashSet<int> _counted = []; // completed trials whose rungs on the present ladder are recorded
    private Ladder? _ladder;

    /// <summary>The runs of the running trials, by trial number.</summary>
    public Task<IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>>> RunsOfRunningTrialsAsync(
        IReadOnlyList<TrialRecord> trials, CancellationToken cancellationToken) =>
        StudyDriver.ReadRunningAsync(ledger, trials, cancellationToken);

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
            var lost = await FindLostAsync(runs, cancellationToken);
            var metrics = study.Spec.Metrics.Select(metric => metric.Name).ToList();
            var tell = TrialOutcome.Of(trial, metrics, runs, lost, Pruned(runs), study.Spec.Constraints)!;
            // False means that another process recorded the same outcome first.
            await studies.TellAsync(tell, cancellationToken);
            trials[number - 1] = trial with
            {
                State = tell.State,
                Values = tell.Values,
                Others = tell.Others,
                Why = tell.Why,
                EndedAt = tell.At,
            };
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
        var read = new Dictionary<int, IReadOnlyList<RunWithMetrics>>();
        if (await FindLadderAsync(pruning, trials, read, cancellationToken) is not { } ladder) return;
        if (ladder != _ladder) _counted.Clear();
        _ladder = ladder;
        var judge = new RungJudge(pruning, ladder, study.Spec.Metric.Goal);
        var recorded = await studies.ListRungsAsync(study.Id, cancellationToken);
        var completed = await ListNewlyCompletedAsync(trials, read, cancellationToken);
        List<TrialProgress> progress =
            [.. running.Concat(completed).Select(trial => new TrialProgress(trial.Key, [.. trial.Value.Select(Progress)]))];
        if (progress.Count == 0) return;
        var now = time.GetUtcNow();
        var judgement = judge.Judge(progress, recorded, now, () => TrialForecast.Of(_forecasts, history, trials));
        // Record the decisions before acting on them: after a crash here, the next round finds and completes them.
        if (judgement.Reached.Count > 0) await studies.AddRungsAsync(study.Id, judgement.Reached, cancellationToken);
        foreach (var reached in judgement.Reached.GroupBy(rung => rung.Number))
            trials[reached.Key - 1] = trials[reached.Key - 1] with { Rungs = [.. trials[reached.Key - 1].Rungs, .. reached] };
        _counted.UnionWith(completed.Keys);
        foreach (var pruned in judgement.Pruned.Where(pruned => trials[pruned.Number - 1].State == TrialState.Running))
        {
            var unfinished = running[pruned.Number].Where(run => !run.Run.State.IsFinal() && run.Run.CancelRequestedAt is null)
                .Select(run => run.Run.Id).ToList();
            if (unfinished.Count > 0) await ledger.RequestCancelAsync(unfinished, now, pruned.Why, cancellationToken);
        }
    }

    // Other trials are compared with the completed ones at every rung, also where the completed ones ended before the rungs were known.
    private async Task<Dictionary<int, IReadOnlyList<RunWithMetrics>>> ListNewlyCompletedAsync(
        List<TrialRecord> trials, Dictionary<int, IReadOnlyList<RunWithMetrics>> read, CancellationToken cancellationToken)
    {
        var completed = new Dictionary<int, IReadOnlyList<RunWithMetrics>>();
        foreach (var trial in trials)
        {
            if (trial is { State: TrialState.Completed, Group: { } group } && !_counted.Contains(trial.Number))
                completed[trial.Number] = read.GetValueOrDefault(trial.Number) ?? await ledger.ListRunsAsync(group, cancellationToken);
        }

        return completed;
    }

    // The rungs move up when a longer trial completes; what was decided at the earlier rungs stays. The runs that are read here are added
    // to the dictionary.
    private async Task<Ladder?> FindLadderAsync(
        Pruning pruning, List<TrialRecord> trials, Dictionary<int, IReadOnlyList<RunWithMetrics>> read, CancellationToken cancellationToken)
    {
        if (pruning.MaxSteps is not null) return Ladder.OfCompleted(pruning, []);
        foreach (var trial in trials.Where(trial => trial is { State: TrialState.Completed, Group: not null }))
        {
            if (_lastSteps.ContainsKey(trial.Number)) continue;
            var runs = read[trial.Number] = await ledger.ListRunsAsync(trial.Group!, cancellationToken);
            _lastSteps[trial.Number] = runs.Max(run => run.Metrics.FirstOrDefault(IsDeciding)?.LastStep);
        }

        return Ladder.OfCompleted(pruning, _lastSteps.Values);
    }

    private bool IsDeciding(MetricSummary metric) => metric.Name == study.Spec.Metric.Name;

    private RunProgress Progress(RunWithMetrics run) =>
        new(run.Metrics.FirstOrDefault(IsDeciding)?.Series ?? [], run.Run.State.IsFinal());

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
