using System.Text.Json;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Core.Studies;

/// <summary>
/// Drives a study: records the outcomes of its trials, prunes trials, starts new ones, and confirms the best. A round may be interrupted at
/// any point and repeated by any process, even concurrently: each fact is recorded once, and every process derives the same decisions from
/// the record.
/// </summary>
/// <param name="ledger">The ledger.</param>
/// <param name="studies">The ledger's studies.</param>
/// <param name="controller">Starts and observes runs.</param>
/// <param name="study">The study; its specification has work.</param>
/// <param name="method">The study's search method.</param>
/// <param name="usdPerHour">What a machine of the target costs; null when unknown.</param>
/// <param name="time">The clock.</param>
public sealed class StudyDriver(
    ILedger ledger, IStudyLedger studies, Controller controller, StudyRecord study, ISearchMethod method, decimal? usdPerHour,
    TimeProvider time)
{
    private readonly TrialSuggester _suggester = new(study, method);
    private readonly TrialMonitor _monitor =
        new(ledger, studies, study, new StudyHistory(study.Spec, study.Spec.ReadSpace()), time);
    private readonly StudyBudget? _budget = study.Spec.Budget is { } budget ? new StudyBudget(study, budget, usdPerHour) : null;
    private Task _preparing = Task.CompletedTask;
    private IReadOnlyList<ControlFault> _faults = [];

    /// <summary>Does one round: observes the runs, records outcomes, and starts new trials.</summary>
    /// <returns>The study's state after the round.</returns>
    public async Task<StudyRoundResult> ReconcileAsync(CancellationToken cancellationToken)
    {
        await ReconcileRunsAsync(cancellationToken);
        var trials = (await studies.ListTrialsAsync(study.Id, cancellationToken)).ToList();
        var running = await _monitor.RunsOfRunningTrialsAsync(trials, cancellationToken);
        // Record the rungs first: they are read from the runs of running trials only, and other trials are compared with them.
        await _monitor.PruneAsync(trials, running, cancellationToken);
        if (await _monitor.RecordOutcomesAsync(trials, running, cancellationToken)) Prepare(trials);
        var state = (await studies.FindStudyAsync(study.Id, cancellationToken))!.State;
        var why = state == StudyState.Running ? await StartTrialsAsync(trials, cancellationToken) : null;
        if (state == StudyState.Running && why is not null && trials.TrueForAll(trial => trial.State != TrialState.Running))
            state = await FinishTrialsAsync(trials, why, cancellationToken);
        if (state == StudyState.Confirming)
        {
            await CancelIfOverBudgetAsync(trials, cancellationToken);
            await FinishConfirmationAsync(trials, cancellationToken);
        }

        return new StudyRoundResult(
            (await studies.FindStudyAsync(study.Id, cancellationToken))!, trials,
            await _monitor.RunsOfRunningTrialsAsync(trials, cancellationToken), await ReadConfirmationsAsync(state, cancellationToken), why)
        {
            Faults = _faults,
        };
    }

    /// <summary>The best of the given trials; see <see cref="Finalists"/>.</summary>
    public IReadOnlyList<Finalist> Leaders(IReadOnlyList<TrialRecord> trials, int top) => _suggester.Finalists(trials, top);

    /// <summary>
    /// Records the outcomes of trials whose runs have ended, and starts no new trials: for commands that only show the study.
    /// </summary>
    /// <remarks>Only the home that recorded the study prunes its trials.</remarks>
    public async Task RecordOutcomesAsync(CancellationToken cancellationToken)
    {
        var trials = (await studies.ListTrialsAsync(study.Id, cancellationToken)).ToList();
        var running = await _monitor.RunsOfRunningTrialsAsync(trials, cancellationToken);
        if (study.Spec.Prune is not null && await studies.FindOwnStudyAsync(study.Id, cancellationToken) is not null)
            await _monitor.PruneAsync(trials, running, cancellationToken);
        await _monitor.RecordOutcomesAsync(trials, running, cancellationToken);
    }

    /// <summary>The runs of the running trials with their metrics, by trial number.</summary>
    public static async Task<IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>>> ReadRunningAsync(
        ILedger ledger, IReadOnlyList<TrialRecord> trials, CancellationToken cancellationToken)
    {
        var runs = new Dictionary<int, IReadOnlyList<RunWithMetrics>>();
        foreach (var trial in trials.Where(trial => trial is { State: TrialState.Running, Group: not null }))
            runs[trial.Number] = await ledger.ListRunsAsync(trial.Group!, cancellationToken);
        return runs;
    }

    /// <summary>
    /// The confirmation's runs with their metrics, by trial number, the sweep's first choice first; empty before it begins. The runs of the
    /// baseline have number 0 (<see cref="ConfirmationPlan"/>).
    /// </summary>
    public static async Task<IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>>> ReadConfirmationsAsync(
        ILedger ledger, IStudyLedger studies, string study, CancellationToken cancellationToken)
    {
        var found = new OrderedDictionary<int, IReadOnlyList<RunWithMetrics>>();
        foreach (var group in await studies.ListConfirmationsAsync(study, cancellationToken))
            found[RunNames.TrialOf(group.Id)!.Value] = await ledger.ListRunsAsync(group.Id, cancellationToken);
        return found;
    }

    // Starts trials as long as there is room. Returns why no more will be started; null while more will be.
    private async Task<Reason?> StartTrialsAsync(List<TrialRecord> trials, CancellationToken cancellationToken)
    {
        var runs = _budget is null ? [] : await studies.ListStudyRunsAsync(study.Id, cancellationToken);
        if (_budget?.WhyOver(trials, runs, time.GetUtcNow()) is { } over)
        {
            await CancelAsync(trials, over, cancellationToken);
            return over;
        }

        // Trials that are still running may show that the script works; then the study goes on.
        if (FirstFailures.Of(study.Spec, trials) is { } failed) return failed;
        var (before, why) = (trials.Count, (Reason?)null);
        while (why is null && HasRoom(trials))
        {
            if (_budget?.WhyNotStart(trials, runs, time.GetUtcNow()) is { } refusal)
            {
                // Running trials may turn out shorter than estimated, so the refusal is final only when none is running.
                if (trials.TrueForAll(trial => trial.State != TrialState.Running)) why = refusal;
                break;
            }

            var next = _suggester.Next(trials, time.GetUtcNow());
            why = next.Why;
            if (next.Trial is not { } trial) continue;
            var planned = TrialGroups.OfTrial(study, trial);
            // Another process was faster, or cancelled the study: the next round reads the trials again.
            if (!await studies.AddTrialAsync(trial, planned.Group, planned.Runs, cancellationToken)) break;
            trials.Add(trial);
        }

        if (trials.Count > before) await ReconcileRunsAsync(cancellationToken);
        return why;
    }

    private async Task ReconcileRunsAsync(CancellationToken cancellationToken) =>
        _faults = (await controller.ReconcileForAsync(study.Spec.Work, cancellationToken)).Faults;

    private bool HasRoom(List<TrialRecord> trials)
    {
        var running = trials.Count(trial => trial.State == TrialState.Running);
        // A batch begins when all trials of the batch before have ended.
        var isBatchOpen = !study.Spec.Synchronous || running == 0 || trials.Count % study.Spec.Parallel != 0;
        return running < study.Spec.Parallel && isBatchOpen;
    }

    private async Task CancelAsync(List<TrialRecord> trials, Reason why, CancellationToken cancellationToken)
    {
        var unwanted = trials.Where(trial => trial is { State: TrialState.Running, Group: not null })
            .SelectMany(trial => Enumerable.Range(1, study.Spec.Repeat).Select(repeat => RunNames.Run(trial.Group!, repeat))).ToList();
        if (unwanted.Count > 0) await ledger.RequestCancelAsync(unwanted, time.GetUtcNow(), why, cancellationToken);
    }

    private async Task<StudyState> FinishTrialsAsync(List<TrialRecord> trials, Reason why, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var isOver = _budget?.WhyOver(trials, await studies.ListStudyRunsAsync(study.Id, cancellationToken), now) is not null;
        var finalists = study.Spec.Confirm is { } confirm && !isOver ? Finalists(trials, confirm.Top) : [];
        if (finalists.Count == 0)
        {
            var isChanged = await studies.ChangeStudyAsync(study.Id, StudyState.Finished, why, now, cancellationToken);
            return isChanged ? StudyState.Finished : StudyState.Running;
        }

        var groups = finalists.Select(finalist => TrialGroups.OfConfirmation(study, finalist, now)).ToList();
        // A single finalist is not chosen, so the baseline can run beside it at once.
        if (study.Spec.Confirm!.Top == 1 && HasBaselineFor(finalists[0])) groups.Add(TrialGroups.OfBaseline(study, now));
        if (!await studies.AddConfirmationsAsync(study.Id, groups, now, cancellationToken)) return StudyState.Running;
        await ReconcileRunsAsync(cancellationToken);
        return StudyState.Confirming;
    }

    private IReadOnlyList<TrialRecord> Finalists(List<TrialRecord> trials, int top) => study.Spec.HasFront
        ? FrontConfirmation.Choose(study.Spec, trials, top)
        : [.. _suggester.Finalists(trials, top).Select(finalist => finalist.Trial)];

    private async Task CancelIfOverBudgetAsync(List<TrialRecord> trials, CancellationToken cancellationToken)
    {
        if (_budget is null) return;
        var runs = await studies.ListStudyRunsAsync(study.Id, cancellationToken);
        if (_budget.WhyOver(trials, runs, time.GetUtcNow()) is not { } over) return;
        var unwanted = runs.Where(run => !run.State.IsFinal() && run.CancelRequestedAt is null).Select(run => run.Id).ToList();
        if (unwanted.Count > 0) await ledger.RequestCancelAsync(unwanted, time.GetUtcNow(), over, cancellationToken);
    }

    private async Task FinishConfirmationAsync(List<TrialRecord> trials, CancellationToken cancellationToken)
    {
        var groups = await ReadConfirmationsAsync(ledger, studies, study.Id, cancellationToken);
        if (groups.Count == 0 || !groups.Values.All(runs => runs.All(run => run.Run.State.IsFinal()))) return;
        if (study.Spec.HasFront)
        {
            var points = FrontConfirmation.Of(study.Spec, trials, groups).Points;
            Reason found = points.Any(point => point.IsOnFront)
                ? new Reason.FrontConfirmed(points.Count(point => point.IsOnFront), points.Count) : new Reason.NothingConfirmed();
            await studies.ChangeStudyAsync(study.Id, StudyState.Finished, found, time.GetUtcNow(), cancellationToken);
            return;
        }

        var winner = ConfirmationResult.Of(study.Spec, trials, groups).Winner;
        if (winner is not null && await MeasureAsync(winner, groups, trials, cancellationToken)) return;
        Reason why = winner is null ? new Reason.NothingConfirmed() : new Reason.BestConfirmed(winner.Trial.Number);
        await studies.ChangeStudyAsync(study.Id, StudyState.Finished, why, time.GetUtcNow(), cancellationToken);
    }

    // The winner of several finalists runs again beside the baseline. Returns false when that has been done, or is not wanted.
    private async Task<bool> MeasureAsync(
        ConfirmedPoint winner, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> groups, List<TrialRecord> trials,
        CancellationToken cancellationToken)
    {
        var spec = study.Spec;
        var isDone = groups[winner.Trial.Number].Count > spec.Confirm!.Repeat || groups.ContainsKey(ConfirmationPlan.Baseline);
        if (isDone || groups.Count == 1 || !ConfirmationPlan.IsMeasured(spec)) return false;
        var now = time.GetUtcNow();
        if (_budget?.WhyOver(trials, await studies.ListStudyRunsAsync(study.Id, cancellationToken), now) is not null) return false;
        var group = TrialGroups.OfConfirmation(study, winner.Trial, now).Group;
        var baseline = HasBaselineFor(winner.Trial) ? TrialGroups.OfBaseline(study, now) : null;
        await studies.AddMeasuringRunsAsync(study.Id, TrialGroups.OfWinner(study, group), baseline, now, cancellationToken);
        await ReconcileRunsAsync(cancellationToken);
        return true;
    }

    // A winner with the baseline's own settings gains nothing.
    private bool HasBaselineFor(TrialRecord winner) =>
        ConfirmationPlan.HasBaseline(study.Spec) && !JsonElement.DeepEquals(study.Spec.Baseline!.Value, winner.Parameters);

    private async Task<IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>>> ReadConfirmationsAsync(
        StudyState state, CancellationToken cancellationToken) =>
        state == StudyState.Running
            ? new Dictionary<int, IReadOnlyList<RunWithMetrics>>()
            : await ReadConfirmationsAsync(ledger, studies, study.Id, cancellationToken);

    // In the background while trials run, so that the next suggestion is fast. A fault here is ignored: the suggestion will meet it again.
    private void Prepare(List<TrialRecord> trials)
    {
        if (!_preparing.IsCompleted) return;
        var seen = trials.ToList();
        _preparing = Task.Run(() => _suggester.Prepare(seen)).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}

/// <summary>A study after a round.</summary>
/// <param name="Study">The study.</param>
/// <param name="Trials">Its trials, ordered by number.</param>
/// <param name="Running">The runs of the running trials, with their metrics, by trial number.</param>
/// <param name="Confirmations">The confirmation's runs, by trial number; empty before it begins.</param>
/// <param name="Why">Why no more trials will be started; null while more will be.</param>
public sealed record StudyRoundResult(
    StudyRecord Study, IReadOnlyList<TrialRecord> Trials, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> Running,
    IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> Confirmations, Reason? Why)
{
    /// <summary>What could not be observed, and why; the next round tries again.</summary>
    public IReadOnlyList<ControlFault> Faults { get; init; } = [];
}
