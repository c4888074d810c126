using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>The one place that turns the notes on a study into words.</summary>
public static class StudyNoteText
{
    /// <summary>Why there is no model: the beginning of a sentence that continues with the consequence.</summary>
    internal const string NoModel = "There are too few values for a model";

    /// <summary>Words a note in one or two sentences: what it is, then what to do.</summary>
    /// <param name="note">The note.</param>
    /// <param name="model">The report that the note belongs to; it determines how values are rounded.</param>
    public static string Sentence(StudyNote note, StudyReportModel model) => note switch
    {
        StudyNote.Unfinished it =>
            $"The study had not finished when this report was made ({(it.IsConfirming ? "confirming" : "running")}): "
            + "the report shows what there was.",
        StudyNote.StudyCancelled { Reason: { } reason } => $"The study was cancelled: {reason.TrimEnd('.')}.",
        StudyNote.StudyCancelled => "The study was cancelled before its end.",
        StudyNote.TrialsFailed it =>
            $"{Of(it.Failed, it.Trials)} failed (an error, out of memory, or a value that is not finite). The search avoids their "
            + "settings. If the settings were not the cause, look at the reasons below.",
        StudyNote.TrialsLost it =>
            $"{Of(it.Lost, it.Trials)} {Were(it.Lost)} lost with the machine: nothing is known of these settings unless they "
            + "were tried again.",
        StudyNote.TrialsCancelled it =>
            $"{Of(it.Cancelled, it.Trials)} {Were(it.Cancelled)} cancelled: nothing is known of these settings.",
        StudyNote.TrialsWithoutValue it => $"{Numbers.Count(it.Trials, "trial")} completed without a finite value.",
        StudyNote.NoValues => $"No trial has a value of {model.Metric} yet, so there is nothing to compare.",
        StudyNote.NotConfirmed it =>
            $"No trial was run again with fresh seeds. The best of {it.Values} values is optimistic: part of it is luck, and more trials "
            + "mean more luck. Confirm the best trials (sweep.confirm) before you rely on them.",
        StudyNote.NoiseUnknown =>
            "Each trial is one run, so it is unknown how much of a difference between two trials is noise. Repeats (sweep.repeat) or a "
            + "confirmation would show it.",
        StudyNote.OrderIsNoise it =>
            "The best quarter of the trials differ less than runs of one trial with different seeds do (standard deviation "
            + $"{Numbers.Format(it.Noise, it.Noise)}): their order is mostly noise.",
        StudyNote.EqualRepeats => "All repeats of a trial gave the same value: does the script use its seed?",
        StudyNote.FewValues it =>
            $"There {(it.Values == 1 ? "is" : "are")} only {Numbers.Count(it.Values, "value")} for "
            + $"{Numbers.Count(it.Parameters, "parameter")}: what the report says of single parameters may change with the next trials.",
        StudyNote.NoModel => $"{NoModel}: the report can't say which parameters matter, and the best trial is the one with the best value.",
        StudyNote.ModelDisagrees it =>
            $"Trial {it.ByValue} has the best single value ({model.Text(it.Value)}), but the model, which weighs all values, rates trial "
            + $"{it.ByModel} higher: one value may be luck.",
        StudyNote.EqualValues => "Every trial has the same value: does the script use its parameters?",
        StudyNote.BestAtEnd it =>
            $"The best trial lies at an end of the range of {string.Join(", ", it.Parameters)}: something better may lie beyond it.",
        StudyNote.UncommittedChanges =>
            "Files differed from the commit. The snapshot holds them as they were; the commit alone does not.",
        _ => throw new ArgumentException($"There are no words for {note.GetType().Name}.", nameof(note)),
    };

    private static string Of(int count, int trials) => $"{count} of {Numbers.Count(trials, "trial")}";

    private static string Were(int count) => count == 1 ? "was" : "were";
}
