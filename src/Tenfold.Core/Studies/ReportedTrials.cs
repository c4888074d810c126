using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies.Pruners;
using Tenfold.Numerics.Tuning.Forecasts;

namespace Tenfold.Core.Studies;

/// <summary>
/// Decides which trials of a study are ended early when users run the trials themselves, by the values that the trials report. The rules
/// are those of <see cref="RungJudge"/>.
/// </summary>
/// <param name="studies">The ledger's studies.</param>
/// <param name="study">The study.</param>
/// <param name="time">The clock.</param>
public sealed class ReportedTrials(IStudyLedger studies, StudyRecord study, TimeProvider time)
{
    /// <summary>Judges the running trials by what has been reported, and records which rungs they have reached.</summary>
    /// <param name="number">The trial that is asked about.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Why to end that trial early; null when it isn't running, or should continue.</returns>
    public async Task<Reason.Pruned?> JudgeAsync(int number, CancellationToken cancellationToken)
    {
        if (study.Spec.Prune is not { } pruning) return null;
        var trials = await studies.ListTrialsAsync(study.Id, cancellationToken);
        var reports = (await studies.ListReportsAsync(study.Id, cancellationToken)).ToLookup(report => report.Number);
        long?[] completed =
        [
            .. trials.Where(trial => trial.State == TrialState.Completed)
                .Select(trial => reports[trial.Number].Max(report => (long?)report.Step)),
        ];
        if (Ladder.OfCompleted(pruning, completed) is not { } ladder) return null;
        List<TrialProgress> progress =
        [
            .. trials.Where(trial => trial.State is TrialState.Running or TrialState.Completed).Select(trial => new TrialProgress(
                trial.Number,
                [
                    new RunProgress(
                        [.. reports[trial.Number].Select(report => new MetricPoint(report.Step, report.Value))],
                        trial.State == TrialState.Completed),
                ])),
        ];
        var recorded = await studies.ListRungsAsync(study.Id, cancellationToken);
        var history = new StudyHistory(study.Spec, study.Spec.ReadSpace());
        var judge = new RungJudge(pruning, ladder, study.Spec.Metric.Goal);
        var judgement = judge.Judge(progress, recorded, time.GetUtcNow(), () => TrialForecast.Of(new FinalForecasts(), history, trials));
        if (judgement.Reached.Count > 0) await studies.AddRungsAsync(study.Id, judgement.Reached, cancellationToken);
        return judgement.Pruned.FirstOrDefault(pruned => pruned.Number == number)?.Why;
    }
}
