using Tenfold.Cli.Output;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Sweeping;

/// <summary>Writes the result of running a study's best trials again with fresh seeds.</summary>
internal static class ConfirmationText
{
    /// <summary>Writes a table of the confirmed trials and what follows from it.</summary>
    public static void Write(TextWriter writer, StudyRecord study, ConfirmationResult confirmed)
    {
        writer.WriteLine("\nrun again with fresh seeds");
        var names = StudyText.SettingNames(study.Spec);
        var table = new TextTable(["TRIAL", "CONFIRMED>", "INTERVAL", "IN THE SWEEP>", "RUNS>", .. StudyText.SettingHeadings(names)]);
        foreach (var point in confirmed.Points)
        {
            var spread = point.Summary?.StandardDeviation is > 0 and var deviation ? deviation : (double?)null;
            table.Add([
                StudyText.Name(point.Trial), point.Summary is { } summary ? Numbers.Format(summary.Mean, spread) : null,
                point.Summary is { Interval: { } ends, StandardDeviation: not 0 }
                    ? $"{Numbers.Format(ends.Low, spread)} to {Numbers.Format(ends.High, spread)}" : null,
                $"{point.Trial.Value:G6}", $"{point.Summary?.N ?? 0} of {point.Values.Count}",
                .. StudyText.SettingCells(names, point.Trial.Parameters),
            ]);
        }

        table.Write(writer, Terminal.Width);
        foreach (var sentence in Sentences(study, confirmed)) writer.WriteLine(sentence);
    }

    /// <summary>Says that there is no winner.</summary>
    /// <param name="isBroken">True when a finalist broke a constraint.</param>
    public static string NothingSentence(bool isBroken) =>
        isBroken ? "no finalist kept the constraints with fresh seeds, so nothing is confirmed"
            : "no fresh run gave a value, so nothing is confirmed";

    /// <summary>Which trial won, how certain that is, and how much of the sweep's best value was luck.</summary>
    public static IEnumerable<string> Sentences(StudyRecord study, ConfirmationResult confirmed)
    {
        var metric = study.Spec.Metric;
        foreach (var point in confirmed.Points)
        {
            if (point.Broken is { } broken)
                yield return StudyConfirmationSection.BrokenSentence(StudyText.Name(point.Trial), ReasonText.Of(broken));
        }

        var isBroken = confirmed.Points.Any(point => point.Broken is not null);
        if (confirmed.Winner is not { } winner)
        {
            yield return NothingSentence(isBroken);
            yield break;
        }

        var (name, first) = (StudyText.Name(winner.Trial), StudyText.Name(confirmed.Points[0].Trial));
        foreach (var (point, comparison) in confirmed.Points.Skip(1).Zip(confirmed.Comparisons))
            yield return VerdictText.Sentence(comparison, StudyText.Name(point.Trial), first, metric.Name);
        foreach (var point in confirmed.Points)
        {
            if (FinalistChoice.CountBad(point.Values, metric.Goal) is > 0 and var bad)
                yield return $"{StudyText.Name(point.Trial)}: {bad} of {point.Values.Count} fresh runs failed or diverged.";
        }

        List<string> equal =
        [
            .. confirmed.Points.Skip(1).Zip(confirmed.Comparisons)
                .Where(pair => pair.Second.Notes.Any(note => note is ComparisonNote.ZeroSpread { Kind: ZeroSpreadKind.EqualPairs }))
                .Select(pair => StudyText.Name(pair.First.Trial)),
        ];
        if (equal.Count > 0)
        {
            yield return $"{string.Join(", ", equal)} and {first} gave the same value for each seed: do the parameters in which they " +
                "differ reach the script?";
        }

        var why = confirmed.Points.Count == 1 ? ""
            : isBroken ? ": of the trials that keep the constraints, it has the best fresh runs" : ": it has the best fresh runs";
        var areFurther = confirmed.Measured is not null && confirmed.Points.Count > 1;
        var (failing, all) = (confirmed.Measured?.Bad ?? 0, confirmed.Measured?.WinnerRuns ?? 0);
        if (confirmed.WinnerSummary is not { } fresh)
        {
            yield return $"{name} was chosen{why}. {WinnersCurse.Refuted(name, failing, WinnersCurse.Runs(all, areFurther))}";
            yield break;
        }

        var spread = fresh.StandardDeviation;
        var runs = failing > 0 && fresh.N < all ? $"{fresh.N} of {WinnersCurse.Runs(all, areFurther)}"
            : WinnersCurse.Runs(fresh.N, areFurther);
        yield return $"{name} is the winner{why}: {metric.Name} {Numbers.Format(fresh.Mean, spread)} over {runs}.";
        // The spread of values of which some are far out would round the others away.
        yield return WinnersCurse.Sentence(
            metric.Goal, name, winner.Trial.Value!.Value, fresh, value => failing > 0 ? $"{value:G6}" : Numbers.Format(value, spread),
            ($"t{confirmed.BestTrial}", confirmed.BestValue), failing, WinnersCurse.Runs(all, areFurther));
        if (confirmed.Measured?.Gain is { } gain)
            yield return VerdictText.Sentence(gain, name, GainText.Baseline, metric.Name);
        else if (!ConfirmationPlan.IsMeasured(study.Spec))
            yield return $"With {Summary.Few} repeats or more, the gain over the baseline settings is measured too.";
        else if (study.Spec.Baseline is null)
            yield return "The gain is not measured, because there is no baseline: give each searched parameter a value in sweep.baseline.";
    }
}
