using Tenfold.Core.Results;

namespace Tenfold.Reports.Text;

/// <content>The words of notes on the trials of a study.</content>
public static partial class NoteText
{
    /// <summary>Why there is no model: the beginning of a sentence that continues with the consequence.</summary>
    internal const string NoModel = "There are too few values for a model";

    private static string? SentenceOnStudy(Note note) => note switch
    {
        Note.StudyUnfinished it =>
            $"The study had not finished when this report was made ({(it.IsConfirming ? "confirming" : "running")}): "
            + "the report shows what there was.",
        Note.StudyCancelled { Reason: { } reason } => $"The study was cancelled: {reason.TrimEnd('.')}.",
        Note.StudyCancelled => "The study was cancelled before its end.",
        Note.TrialsFailed it =>
            $"{Of(it.Failed, it.Trials)} failed (an error, out of memory, or a value that is not finite). The search avoids their "
            + "settings. If the settings were not the cause, look at the reasons below.",
        Note.TrialsLost it =>
            $"{Of(it.Lost, it.Trials)} {Were(it.Lost)} lost with the machine: nothing is known of these settings unless they "
            + "were tried again.",
        Note.TrialsCancelled it =>
            $"{Of(it.Cancelled, it.Trials)} {Were(it.Cancelled)} cancelled: nothing is known of these settings.",
        Note.TrialsWithoutValue it => $"{Numbers.Count(it.Trials, "trial")} completed without a finite value.",
        Note.TrialLinesUnread it =>
            $"{Named(it.Trials)} printed metric lines that could not be read, so the last {it.Metric} there may be an older one "
            + "(`tenfold show RUN` quotes the first).",
        Note.NoTrialValues it => $"No trial has a value of {it.Metric} yet, so there is nothing to compare.",
        Note.NotConfirmed it =>
            $"No trial was run again with fresh seeds. The best of {it.Values} values is optimistic: part of it is luck, and more trials "
            + "mean more luck. Confirm the best trials (sweep.confirm) before you rely on them.",
        Note.NoiseUnknown =>
            "Each trial is one run, so it is unknown how much of a difference between two trials is noise. Repeats (sweep.repeat) or a "
            + "confirmation would show it.",
        Note.OrderIsNoise it =>
            "The best quarter of the trials differ less than runs of one trial with different seeds do (standard deviation "
            + $"{Numbers.Format(it.Noise, it.Noise)}): their order is mostly noise.",
        Note.EqualRepeats => "All repeats of a trial gave the same value: does the script use its seed?",
        Note.FewTrialValues it =>
            $"There {(it.Values == 1 ? "is" : "are")} only {Numbers.Count(it.Values, "value")} for "
            + $"{Numbers.Count(it.Parameters, "parameter")}: what the report says of single parameters may change with the next trials.",
        Note.NoModel =>
            $"{NoModel}: the report can't say which parameters matter, and the best trial is the one with the best value.",
        Note.ModelDisagrees it =>
            $"Trial {it.ByValue} has the best single value ({Numbers.Format(it.Value, it.Spread)}), but the model, which weighs all "
            + $"values, rates trial {it.ByModel} higher: one value may be luck.",
        Note.EqualTrialValues => "Every trial has the same value: does the script use its parameters?",
        Note.BestAtEnd it =>
            $"The best trial lies at an end of the range of {string.Join(", ", it.Parameters)}: something better may lie beyond it.",
        _ => null,
    };

    private static string Named(IReadOnlyList<int> trials)
    {
        List<string> parts = [.. trials.Contains(0) ? ["the baseline"] : Array.Empty<string>()];
        int[] numbers = [.. trials.Where(number => number > 0)];
        if (numbers.Length > 0)
        {
            var more = numbers.Length > MaxIds ? $" and {numbers.Length - MaxIds} more" : "";
            parts.Add($"{(numbers.Length == 1 ? "trial" : "trials")} {string.Join(", ", numbers.Take(MaxIds))}{more}");
        }

        return $"Runs of {string.Join(" and of ", parts)}";
    }

    private static string Of(int count, int trials) => $"{count} of {Numbers.Count(trials, "trial")}";

    private static string Were(int count) => count == 1 ? "was" : "were";
}
