using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>What a reader must know of a study before believing its report.</summary>
public static class StudyWarnings
{
    private const int FewPerAxis = 5;
    private const int ManyValues = 20;

    /// <summary>The warnings of a study's report, most important first.</summary>
    public static IEnumerable<string> Of(StudyReportModel model)
    {
        var (study, trials, ranked) = (model.Study, model.Trials, model.Ranked);
        if (study.State is StudyState.Running or StudyState.Confirming)
            yield return $"The study had not finished when this report was made ({study.State.ToString().ToLowerInvariant()}): it shows "
                + "what there was.";
        if (study.State == StudyState.Cancelled)
            yield return "The study was cancelled" + (study.Reason is { } why ? $": {why}." : " before its end.");
        foreach (var warning in OfStates(trials)) yield return warning;
        if (ranked.Count == 0)
        {
            yield return $"No trial has a value of {model.Metric} yet, so there is nothing to compare.";
            yield break;
        }

        foreach (var warning in OfNoise(model)) yield return warning;
        if (ranked.Count < FewPerAxis * model.Axes.Count)
            yield return $"{Numbers.Count(ranked.Count, "value")} for {Numbers.Count(model.Axes.Count, "parameter")} is little: what is "
                + "said of single parameters may change with the next trials.";
        if (model.WithoutModel is { } without)
            yield return $"{without}: nothing is said of importance, and the best trial is the one with the best value.";
        if (model.Best is { } best && best.Number != ranked[0].Number)
            yield return $"Trial {ranked[0].Number} has the best single value ({model.Text(ranked[0].Value!.Value)}), but from all values "
                + $"together the model holds trial {best.Number} for better: one value may be luck.";
        if (ranked.Count > 2 && ranked[0].Value == ranked[^1].Value)
            yield return "Every trial has the same value: does the script use its parameters?";
        foreach (var warning in AtEnd(model)) yield return warning;
        if (study.GitDirty == true)
            yield return "Files differed from the commit. The snapshot has them as they were; the commit alone does not.";
    }

    private static IEnumerable<string> OfStates(IReadOnlyList<StudyTrial> trials)
    {
        var count = Numbers.Count(trials.Count, "trial");
        if (Count(TrialState.Failed) is > 0 and var failed)
            yield return $"{failed} of {count} failed (an error, out of memory, or a value that is not finite). The search stays away from "
                + "there; if that is not what the settings deserve, look at the reasons below.";
        if (Count(TrialState.Lost) is > 0 and var lost)
            yield return $"{lost} of {count} lost with their machine: nothing is known of these points but what a second try says.";
        if (Count(TrialState.Cancelled) is > 0 and var cancelled)
            yield return $"{cancelled} of {count} cancelled: nothing is known of these points.";
        if (trials.Count(trial => trial.Record.State == TrialState.Completed && trial.Value is null) is > 0 and var without)
            yield return $"{Numbers.Count(without, "trial")} completed without a finite value.";

        int Count(TrialState state) => trials.Count(trial => trial.Record.State == state);
    }

    private static IEnumerable<string> OfNoise(StudyReportModel model)
    {
        var ranked = model.Ranked;
        if (model.Confirmation is null && ranked.Count > 1)
            yield return $"Nothing was run again with fresh seeds. The best of {ranked.Count} values is optimistic: part of it is luck, "
                + "the more so the more trials there were. Confirm the best (sweep.confirm) before you rely on it.";
        if (model.Noise is null && model.Confirmation is null && ranked.Count > 1)
            yield return "Each trial is one run, so nobody knows how much of a difference between two trials is noise. Repeats "
                + "(sweep.repeat) or a confirmation would say.";
        if (model.Confirmation?.WinnerSummary is { StandardDeviation: > 0 and var noise } && ranked.Count >= ManyValues
            && Summary.Of([.. ranked.Take(ranked.Count / 4).Select(trial => trial.Value!.Value)]).StandardDeviation < noise)
            yield return "The best quarter of the trials differs less than one run with another seed does (standard deviation "
                + $"{Numbers.Format(noise, noise)}): their order is mostly noise.";
        if (model.Noise is 0) yield return "Repeats of a trial all gave the same value: does the script use its seed?";
    }

    /// <summary>The best lies at an end of a range: what is better may lie beyond.</summary>
    private static IEnumerable<string> AtEnd(StudyReportModel model)
    {
        if (model.Best is not { Point: not null } best || model.Ranked.Count < ManyValues) yield break;
        string[] names = [.. model.Axes.Where(axis => axis.IsRange && best.Places[axis.Index] is { } place
            && axis.EndShare(place) is < 0.02 or > 0.98).Select(axis => axis.Name)];
        if (names.Length > 0)
            yield return $"The best trial lies at an end of the range of {string.Join(", ", names)}: something better may lie beyond it.";
    }
}
