using Tenfold.Core.Ledger;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.App.Sweeping;

/// <summary>A study with its trials and what it has found so far.</summary>
public sealed record StudyResult
{
    private const int MaxLeaders = 10;

    /// <summary>The study.</summary>
    public required StudyRecord Study { get; init; }

    /// <summary>The study's trials, by number.</summary>
    public required IReadOnlyList<TrialRecord> Trials { get; init; }

    /// <summary>The best trials by the model's mean, best first; at most ten.</summary>
    public required IReadOnlyList<Finalist> Leaders { get; init; }

    /// <summary>The result of the confirmation with fresh seeds; null before it has begun.</summary>
    public required ConfirmationResult? Confirmed { get; init; }

    /// <summary>The best trial: the confirmed winner, otherwise the first leader; null before the first completed trial.</summary>
    public Finalist? Best => Leaders.Count == 0 ? null
        : Confirmed?.Winner is { } winner ? Leaders.FirstOrDefault(leader => leader.Trial.Number == winner.Trial.Number) ?? Leaders[0]
        : Leaders[0];

    /// <summary>Loads a study whose full id is known.</summary>
    public static async Task<StudyResult> LoadAsync(Services services, string id, CancellationToken cancellationToken)
    {
        var study = (await services.Studies.StudyAsync(id, cancellationToken))!;
        // Perhaps no process drives the study now, so the results of runs that have ended are recorded first.
        if (study.Spec.Work is not null)
            await (await StudyDrivers.CreateAsync(services, study, cancellationToken)).RecordOutcomesAsync(cancellationToken);
        var trials = await services.Studies.TrialsOfAsync(id, cancellationToken);
        var space = new SearchSpace(SpaceJson.Read(study.Spec.Space));
        var confirmations = study.State == StudyState.Running
            ? new Dictionary<int, IReadOnlyList<RunWithMetrics>>()
            : await StudyDriver.ConfirmationsAsync(services.Ledger, services.Studies, id, cancellationToken);
        return new StudyResult
        {
            Study = study,
            Trials = trials,
            Leaders = Finalists.Of(new StudyHistory(study.Spec, space), space, trials, MaxLeaders),
            Confirmed = confirmations.Count == 0 ? null : ConfirmationResult.Of(study.Spec, trials, confirmations),
        };
    }
}
