using Tenfold.Core.Ledger;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;

namespace Tenfold.App.Sweeping;

/// <summary>A study with its trials and what it has found so far.</summary>
public sealed record StudyResult
{
    private const int MaxLeaders = 10;

    /// <summary>The study.</summary>
    public required StudyRecord Study { get; init; }

    /// <summary>The study's trials, by number.</summary>
    public required IReadOnlyList<TrialRecord> Trials { get; init; }

    /// <summary>The best trials by the model's mean, best first; at most ten. Empty with several objectives.</summary>
    public required IReadOnlyList<Finalist> Leaders { get; init; }

    /// <summary>With several objectives, the trials that no other beats, the best by the first objective first.</summary>
    public IReadOnlyList<TrialRecord> Front => StudyFront.Of(Study.Spec, Trials);

    /// <summary>The trials whose values may be older ones; see <see cref="TrialWarnings.LinesUnread"/>.</summary>
    public required IReadOnlyList<int> LinesUnread { get; init; }

    /// <summary>True when a trial has completed.</summary>
    public bool HasCompleted => Trials.Any(trial => trial.State == TrialState.Completed);

    /// <summary>The result of the confirmation with fresh seeds; null before it has begun.</summary>
    public required ConfirmationResult? Confirmed { get; init; }

    /// <summary>With several objectives, the points of the front that were run again with fresh seeds; null before that.</summary>
    public FrontConfirmation? ConfirmedFront { get; init; }

    /// <summary>
    /// The best trial: the confirmed winner, otherwise the first leader. Null before the first completed trial, and with several
    /// objectives.
    /// </summary>
    public Finalist? Best => Leaders.Count == 0 ? null
        : Confirmed?.Winner is { } winner ? Leaders.FirstOrDefault(leader => leader.Trial.Number == winner.Trial.Number) ?? Leaders[0]
        : Leaders[0];

    /// <summary>
    /// The value that a list shows of a study: the winner's confirmed mean, else the best value of a trial. Null without a completed trial,
    /// and with several objectives.
    /// </summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="study">The study.</param>
    /// <param name="trials">Its trials.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<StudyValue?> ValueAsync(
        Services services, StudyRecord study, IReadOnlyList<TrialRecord> trials, CancellationToken cancellationToken)
    {
        var completed = trials.Where(trial => trial.State == TrialState.Completed).ToList();
        if (completed.Count == 0 || study.Spec.HasFront) return null;
        var sign = study.Spec.Metric.Goal == MetricGoal.Maximize ? 1 : -1;
        var best = completed.MaxBy(trial => (sign * trial.Value!.Value, -trial.Number))!;
        if (study.Spec.Confirm is null || study.State == StudyState.Running) return new StudyValue(best.Value!.Value, best.Number, false);
        var fresh = await StudyDriver.ReadConfirmationsAsync(services.Ledger, services.Studies, study.Id, cancellationToken);
        return fresh.Count > 0 && ConfirmationResult.Of(study.Spec, trials, fresh) is { Winner: { } winner, WinnerSummary: { } summary }
            ? new StudyValue(summary.Mean, winner.Trial.Number, true)
            : new StudyValue(best.Value!.Value, best.Number, false);
    }

    /// <summary>Loads a study whose full id is known.</summary>
    public static async Task<StudyResult> LoadAsync(Services services, string id, CancellationToken cancellationToken)
    {
        var study = (await services.Studies.FindStudyAsync(id, cancellationToken))!;
        // Perhaps no process drives the study now, so the results of runs that have ended are recorded first.
        if (study.Spec.Work is not null)
            await StudyDrivers.Create(services, study).RecordOutcomesAsync(cancellationToken);
        var trials = await services.Studies.ListTrialsAsync(id, cancellationToken);
        var space = study.Spec.ReadSpace();
        var confirmations = study.State == StudyState.Running
            ? new Dictionary<int, IReadOnlyList<RunWithMetrics>>()
            : await StudyDriver.ReadConfirmationsAsync(services.Ledger, services.Studies, id, cancellationToken);
        return new StudyResult
        {
            Study = study,
            Trials = trials,
            LinesUnread = TrialWarnings.LinesUnread(trials, await services.Studies.ListStudyRunsAsync(id, cancellationToken)),
            Leaders = Finalists.Of(new StudyHistory(study.Spec, space), space, trials, MaxLeaders),
            Confirmed = confirmations.Count == 0 || study.Spec.HasFront ? null : ConfirmationResult.Of(study.Spec, trials, confirmations),
            ConfirmedFront = confirmations.Count > 0 && study.Spec.HasFront
                ? FrontConfirmation.Of(study.Spec, trials, confirmations) : null,
        };
    }
}

/// <summary>The value that a list shows of a study.</summary>
/// <param name="Value">The value.</param>
/// <param name="Trial">The trial that it is of.</param>
/// <param name="IsConfirmed">True for the mean of fresh runs; false for the value in the sweep, which is the luckiest of many.</param>
public sealed record StudyValue(double Value, int Trial, bool IsConfirmed);
