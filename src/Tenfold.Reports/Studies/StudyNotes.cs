using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Studies;

/// <summary>Finds the notes of a study's report.</summary>
internal static class StudyNotes
{
    private const int FewPerAxis = 5;
    private const int ManyValues = 20;

    /// <summary>The notes on a study, most important first.</summary>
    /// <param name="model">The report.</param>
    /// <param name="linesUnread">The trials whose values may be older ones.</param>
    public static IEnumerable<Note> Of(StudyReportModel model, IReadOnlyList<int> linesUnread)
    {
        var (study, ranked) = (model.Study, model.Ranked);
        if (study.State is StudyState.Running or StudyState.Confirming)
            yield return new Note.StudyUnfinished(study.State == StudyState.Confirming);
        if (study.State == StudyState.Cancelled) yield return new Note.StudyCancelled(study.Reason.Words());
        foreach (var note in OfStates(model.Trials)) yield return note;
        if (ranked.Count == 0)
        {
            yield return new Note.NoTrialValues(model.Metric);
            yield break;
        }

        if (linesUnread.Count > 0)
            yield return new Note.TrialLinesUnread(string.Join(" or ", study.Spec.Metrics.Select(metric => metric.Name)), linesUnread);
        // Everything else is about one best trial.
        if (study.Spec.HasFront)
        {
            if (study.GitDirty == true) yield return new Note.UncommittedChanges(study.GitCommit);
            yield break;
        }

        foreach (var note in OfNoise(model)) yield return note;
        if (ranked.Count < FewPerAxis * model.Axes.Count) yield return new Note.FewTrialValues(ranked.Count, model.Axes.Count);
        if (!model.HasModel) yield return new Note.NoModel();
        if (model.Best is { } best && best.Number != ranked[0].Number)
            yield return new Note.ModelDisagrees(ranked[0].Number, ranked[0].Value!.Value, best.Number, model.Spread);
        if (ranked.Count > 2 && ranked[0].Value == ranked[^1].Value) yield return new Note.EqualTrialValues();
        if (AtEnd(model) is { Count: > 0 } names) yield return new Note.BestAtEnd(names);
        if (study.GitDirty == true) yield return new Note.UncommittedChanges(study.GitCommit);
    }

    private static IEnumerable<Note> OfStates(IReadOnlyList<StudyTrial> trials)
    {
        if (Count(TrialState.Failed) is > 0 and var failed) yield return new Note.TrialsFailed(failed, trials.Count);
        if (Count(TrialState.Lost) is > 0 and var lost) yield return new Note.TrialsLost(lost, trials.Count);
        if (Count(TrialState.Cancelled) is > 0 and var cancelled) yield return new Note.TrialsCancelled(cancelled, trials.Count);
        var without = trials.Count(trial => trial.Record.State == TrialState.Completed && trial.Value is null);
        if (without > 0) yield return new Note.TrialsWithoutValue(without);

        int Count(TrialState state) => trials.Count(trial => trial.Record.State == state);
    }

    private static IEnumerable<Note> OfNoise(StudyReportModel model)
    {
        var ranked = model.Ranked;
        if (model.Confirmation is null && ranked.Count > 1) yield return new Note.NotConfirmed(ranked.Count);
        if (model.Noise is null && model.Confirmation is null && ranked.Count > 1) yield return new Note.NoiseUnknown();
        if (model.Confirmation?.WinnerSummary is { StandardDeviation: > 0 and var noise } && ranked.Count >= ManyValues
            && Summary.Of([.. ranked.Take(ranked.Count / 4).Select(trial => trial.Value!.Value)]).StandardDeviation < noise)
            yield return new Note.OrderIsNoise(noise);
        if (model.Noise is 0) yield return new Note.EqualRepeats();
    }

    /// <summary>The parameters whose value in the best trial lies at an end of their range.</summary>
    private static List<string> AtEnd(StudyReportModel model)
    {
        if (model.Best is not { Point: not null } best || model.Ranked.Count < ManyValues) return [];
        return
        [
            .. model.Axes
                .Where(axis => axis.IsRange && best.Positions[axis.Index] is { } place && axis.EndShare(place) is < 0.02 or > 0.98)
                .Select(axis => axis.Name),
        ];
    }
}
