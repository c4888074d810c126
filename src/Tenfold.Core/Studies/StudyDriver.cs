using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Core.Studies;

/// <summary>
/// Drives a study: records what came of its trials, ends those that fall behind, asks for new ones, and runs the best again. Each round
/// may be broken off anywhere and done again by anybody, at the same time too: what is recorded is recorded once, and what follows from it
/// is the same.
/// </summary>
/// <param name="ledger">The ledger.</param>
/// <param name="studies">The ledger's studies.</param>
/// <param name="controller">Starts and observes runs.</param>
/// <param name="study">The study, which has work of its own.</param>
/// <param name="method">Its method.</param>
/// <param name="usdPerHour">What a machine of its target costs; null when not known.</param>
/// <param name="time">The clock.</param>
public sealed class StudyDriver(
    ILedger ledger, IStudyLedger studies, Controller controller, StudyRecord study, ISearchMethod method, decimal? usdPerHour,
    TimeProvider time)
{
    private readonly TrialSuggester _asker = new(study, method);
    private readonly TrialWatch _watch = new(ledger, studies, study, time);
    private readonly StudyBudget? _budget = study.Spec.Budget is { } budget ? new StudyBudget(study, budget, usdPerHour) : null;
    private Task _preparing = Task.CompletedTask;
    private IReadOnlyList<string> _faults = [];

    /// <summary>One round: looks, tells, asks.</summary>
    /// <returns>What it saw, after what it did.</returns>
    public async Task<StudyRoundResult> ReconcileAsync(CancellationToken cancellationToken)
    {
        _faults = (await controller.ReconcileAsync(cancellationToken)).Faults;
        var trials = (await studies.TrialsOfAsync(study.Id, cancellationToken)).ToList();
        var running = await _watch.RunningAsync(trials, cancellationToken);
        // First the rungs: once a trial is told, nobody looks at its runs any more, and others are measured against where it came to.
        await _watch.PruneAsync(trials, running, cancellationToken);
        if (await _watch.TellAsync(trials, running, cancellationToken)) Prepare(trials);
        var state = (await studies.StudyAsync(study.Id, cancellationToken))!.State;
        var why = state == StudyState.Running ? await AskAsync(trials, cancellationToken) : null;
        if (state == StudyState.Running && why is not null && trials.TrueForAll(trial => trial.State != TrialState.Running))
            state = await EndTrialsAsync(trials, why, cancellationToken);
        if (state == StudyState.Confirming)
        {
            await EndOverBudgetAsync(trials, cancellationToken);
            await EndConfirmationAsync(trials, cancellationToken);
        }

        return new StudyRoundResult(
            (await studies.StudyAsync(study.Id, cancellationToken))!, trials, await _watch.RunningAsync(trials, cancellationToken),
            await ConfirmationsAsync(state, cancellationToken), why)
        {
            Faults = _faults,
        };
    }

    /// <summary>The best of some trials so far; see <see cref="Finalists"/>.</summary>
    public IReadOnlyList<Finalist> Leaders(IReadOnlyList<TrialRecord> trials, int top) => _asker.Finalists(trials, top);

    /// <summary>Tells what came of trials whose runs have ended, and asks for no others: for whoever only looks at the study.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        var trials = (await studies.TrialsOfAsync(study.Id, cancellationToken)).ToList();
        var running = await _watch.RunningAsync(trials, cancellationToken);
        await _watch.PruneAsync(trials, running, cancellationToken);
        await _watch.TellAsync(trials, running, cancellationToken);
    }

    /// <summary>The confirmation's runs with their metrics, by trial number, the sweep's own choice first; empty before.</summary>
    public static async Task<IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>>> ConfirmationsAsync(
        ILedger ledger, IStudyLedger studies, string study, CancellationToken cancellationToken)
    {
        var found = new OrderedDictionary<int, IReadOnlyList<RunWithMetrics>>();
        foreach (var group in await studies.ConfirmationsOfAsync(study, cancellationToken))
            found[RunNames.TrialOf(group.Id)!.Value] = await ledger.RunsOfAsync(group.Id, cancellationToken);
        return found;
    }

    // Asks as long as there is room. Null: there is more to ask, later.
    private async Task<Reason?> AskAsync(List<TrialRecord> trials, CancellationToken cancellationToken)
    {
        var runs = _budget is null ? [] : await studies.RunsOfStudyAsync(study.Id, cancellationToken);
        if (_budget?.WhyOver(trials, runs, time.GetUtcNow()) is { } over)
        {
            await CancelAsync(trials, over, cancellationToken);
            return over;
        }

        var (before, why) = (trials.Count, (Reason?)null);
        while (why is null && HasRoom(trials))
        {
            if (_budget?.WhyNotStart(trials, runs, time.GetUtcNow()) is { } refusal)
            {
                // What runs may turn out shorter than feared: only with nothing left to wait for is it the end.
                if (trials.TrueForAll(trial => trial.State != TrialState.Running)) why = refusal;
                break;
            }

            var ask = _asker.Next(trials, time.GetUtcNow());
            why = ask.Why;
            if (ask.Trial is not { } trial) continue;
            var planned = TrialGroups.OfTrial(study, trial);
            // Somebody else was faster, or cancelled the study: the next round looks again.
            if (!await studies.AddTrialAsync(trial, planned.Group, planned.Runs, cancellationToken)) break;
            trials.Add(trial);
        }

        if (trials.Count > before) _faults = (await controller.ReconcileAsync(cancellationToken)).Faults;
        return why;
    }

    private bool HasRoom(List<TrialRecord> trials)
    {
        var running = trials.Count(trial => trial.State == TrialState.Running);
        // In batches: the next one begins when the last has ended.
        var isBatchOpen = !study.Spec.Synchronous || running == 0 || trials.Count % study.Spec.Parallel != 0;
        return running < study.Spec.Parallel && isBatchOpen;
    }

    private async Task CancelAsync(List<TrialRecord> trials, Reason why, CancellationToken cancellationToken)
    {
        var unwanted = trials.Where(trial => trial is { State: TrialState.Running, Group: not null })
            .SelectMany(trial => Enumerable.Range(1, study.Spec.Repeat).Select(repeat => RunNames.Run(trial.Group!, repeat))).ToList();
        if (unwanted.Count > 0) await ledger.RequestCancelAsync(unwanted, time.GetUtcNow(), why, cancellationToken);
    }

    private async Task<StudyState> EndTrialsAsync(List<TrialRecord> trials, Reason why, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var isOver = _budget?.WhyOver(trials, await studies.RunsOfStudyAsync(study.Id, cancellationToken), now) is not null;
        var finalists = study.Spec.Confirm is { } confirm && !isOver ? _asker.Finalists(trials, confirm.Top) : [];
        if (finalists.Count == 0)
        {
            return await studies.ChangeStudyAsync(study.Id, StudyState.Finished, why, now, cancellationToken) ? StudyState.Finished
                : StudyState.Running;
        }

        var groups = finalists.Select(finalist => TrialGroups.OfConfirmation(study, finalist.Trial, now)).ToList();
        // the next round looks again
        if (!await studies.AddConfirmationsAsync(study.Id, groups, now, cancellationToken)) return StudyState.Running;
        await controller.ReconcileAsync(cancellationToken);
        return StudyState.Confirming;
    }

    private async Task EndOverBudgetAsync(List<TrialRecord> trials, CancellationToken cancellationToken)
    {
        if (_budget is null) return;
        var runs = await studies.RunsOfStudyAsync(study.Id, cancellationToken);
        if (_budget.WhyOver(trials, runs, time.GetUtcNow()) is not { } over) return;
        var unwanted = runs.Where(run => !run.State.IsFinal() && run.CancelRequestedAt is null).Select(run => run.Id).ToList();
        if (unwanted.Count > 0) await ledger.RequestCancelAsync(unwanted, time.GetUtcNow(), over, cancellationToken);
    }

    private async Task EndConfirmationAsync(List<TrialRecord> trials, CancellationToken cancellationToken)
    {
        var groups = await ConfirmationsAsync(ledger, studies, study.Id, cancellationToken);
        if (groups.Count == 0 || !groups.Values.All(runs => runs.All(run => run.Run.State.IsFinal()))) return;
        var winner = ConfirmationResult.Of(study.Spec, trials, groups).Winner;
        await studies.ChangeStudyAsync(
            study.Id, StudyState.Finished, winner is null ? new Reason.NothingConfirmed() : new Reason.BestConfirmed(winner.Trial.Number),
            time.GetUtcNow(), cancellationToken);
    }

    private async Task<IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>>> ConfirmationsAsync(
        StudyState state, CancellationToken cancellationToken) =>
        state == StudyState.Running ? new Dictionary<int, IReadOnlyList<RunWithMetrics>>()
            : await ConfirmationsAsync(ledger, studies, study.Id, cancellationToken);

    // Beside what runs, not before the next ask. A fault comes up there again, in its place.
    private void Prepare(List<TrialRecord> trials)
    {
        if (!_preparing.IsCompleted) return;
        var seen = trials.ToList();
        _preparing = Task.Run(() => _asker.Prepare(seen)).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}

/// <summary>What a round of a study saw.</summary>
/// <param name="Study">The study.</param>
/// <param name="Trials">Its trials, by number.</param>
/// <param name="Running">The runs of those that run, with their metrics, by trial number.</param>
/// <param name="Confirmations">The confirmation's runs, by trial number; empty before.</param>
/// <param name="Why">Why no more trials are asked; null while more will be.</param>
public sealed record StudyRoundResult(
    StudyRecord Study, IReadOnlyList<TrialRecord> Trials, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> Running,
    IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> Confirmations, Reason? Why)
{
    /// <summary>What could not be looked at, and why; the next round tries again.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}
