using Tenfold.App.Cancelling;
using Tenfold.App.Sweeping;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.App.Watching;

/// <summary>Drives a study and watches it: each observation asks for as many trials as there is room for.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="study">The study.</param>
public sealed class StudyWatch(Services services, StudyRecord study) : IWatch<StudySnapshot>
{
    private readonly Leaderboard _leaders = new();
    private StudyDriver? _driver;

    /// <inheritdoc/>
    public string Id => study.Id;

    /// <inheritdoc/>
    public bool IsRemote => study.Spec.Work is { IsLocal: false };

    /// <inheritdoc/>
    public async Task<StudySnapshot> ObserveAsync(CancellationToken cancellationToken)
    {
        _driver ??= StudyDrivers.Create(services, study);
        var round = await _driver.ReconcileAsync(cancellationToken);
        return new StudySnapshot(round, _leaders.Of(round.Trials, () => _driver.Leaders(round.Trials, Leaderboard.Rows)));
    }

    /// <inheritdoc/>
    public Task CancelAsync(CancellationToken cancellationToken) =>
        new RunCanceller(services).CancelStudyAsync(study.Id, cancellationToken);
}

/// <summary>A study at one moment.</summary>
/// <param name="Round">The study, its trials and their runs.</param>
/// <param name="Leaders">The best trials so far by the model's mean, best first; empty before the first result.</param>
public sealed record StudySnapshot(StudyRoundResult Round, IReadOnlyList<Finalist> Leaders)
    : WatchSnapshot(CountEnded(Round), HasEnded(Round), Round.Faults)
{
    private static int CountEnded(StudyRoundResult round) =>
        round.Trials.Count(trial => trial.State != TrialState.Running)
        + round.Confirmations.Values.Sum(runs => runs.Count(run => run.Run.State.IsFinal()));

    private static bool HasEnded(StudyRoundResult round) => round.Study.State switch
    {
        StudyState.Finished => true,
        StudyState.Cancelled => round.Trials.All(trial => trial.State != TrialState.Running)
            && round.Confirmations.Values.All(runs => runs.All(run => run.Run.State.IsFinal())),
        _ => false,
    };
}
