using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Groups;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Draws the finalists with fresh seeds: how the sweep's best value holds up, and which finalist is the best.</summary>
public static class StudyConfirmationSection
{
    /// <summary>Draws the section; nothing when no trial was run again.</summary>
    public static void Draw(Markup page, StudyReportModel model)
    {
        if (model.Confirmation is not { } confirmation) return;
        using var section = page.Open("section");
        page.Element("h2", "Confirmed with fresh seeds");
        using (page.Open("div", ("class", "card")))
        {
            page.Element("p", PageText.Of(Curse(model, confirmation)), ("class", "sentence"));
            foreach (var (trial, why) in confirmation.Trials.Zip(confirmation.Broken))
                if (why is not null) page.Element("p", BrokenSentence($"Trial {trial}", ReasonText.Of(why)), ("class", "note"));
            if (Choice(confirmation) is { } choice) page.Element("p", choice, ("class", "note"));
            if (confirmation is { Measured.Gain: { } gain, WinnerTrial: { } winner })
            {
                page.Element("p", PageText.Of(VerdictText.Sentence(gain, $"trial {winner}", GainText.Baseline, model.Metric)
                    .ToSentenceStart()), ("class", "sentence"));
            }
        }

        Strip(page, model, confirmation);
        if (confirmation.Runs.Comparisons.Count > 0) ReportSections.VerdictCards(page, confirmation.Runs);
    }

    /// <summary>Says that a finalist can't win.</summary>
    /// <param name="name">The trial's name.</param>
    /// <param name="why">The constraint that it breaks, in words.</param>
    public static string BrokenSentence(string name, string why) =>
        $"{name} breaks a constraint with fresh seeds, so it can't win: {why}.";

    /// <summary>
    /// The drop from the winner's value in the sweep to its mean with fresh seeds: positive when the fresh mean is worse. Null when one of
    /// the two is missing.
    /// </summary>
    internal static double? Drop(StudyReportModel model) =>
        model.Confirmation?.WinnerSummary is { } fresh && InSweep(model) is { } value
            ? StudyReportModel.Sign(model.Goal) * (value - fresh.Mean) : null;

    private static double? InSweep(StudyReportModel model) =>
        model.Ranked.FirstOrDefault(trial => trial.Number == model.Confirmation?.WinnerTrial)?.Value;

    private static string Curse(StudyReportModel model, StudyConfirmation confirmation)
    {
        var (bad, runs) = (confirmation.Measured?.Bad ?? 0,
            WinnersCurse.Runs(confirmation.Measured?.WinnerRuns ?? 0, areFurther: confirmation.Trials.Count > 1));
        if (confirmation is { WinnerTrial: { } refuted, Measured.IsRefuted: true })
            return $"Trial {refuted} was chosen by its fresh runs. {WinnersCurse.Refuted($"trial {refuted}", bad, runs)}";

        if (confirmation.WinnerSummary is not { } winner || InSweep(model) is not { } value)
            return $"No fresh run of the finalists has a value of {model.Metric} that counts, so nothing is confirmed.";
        var best = model.Ranked[0];
        return WinnersCurse.Sentence(
            model.Goal, $"trial {confirmation.WinnerTrial}", value, winner, model.Text, ($"trial {best.Number}", best.Value!.Value), bad,
            runs);
    }

    private static string? Choice(StudyConfirmation confirmation)
    {
        if (confirmation.Winner is not { } winner || confirmation.Trials.Count < 2) return null;
        var first = winner == 0 ? $"Trial {confirmation.Trials[0]} led after the sweep, and has the best fresh runs too."
            : $"Trial {confirmation.Trials[0]} led after the sweep, but trial {confirmation.Trials[winner]} has better fresh runs"
                + (confirmation.Runs.Comparisons[winner - 1].Verdict == Verdict.Better ? ", by more than chance." : ".");
        return first + (confirmation.Measured is null
            ? " The interval of the winner is widened, because the winner was chosen by these runs."
            : " The winner then ran again with further seeds, by which it was not chosen.");
    }

    private static void Strip(Markup page, StudyReportModel model, StudyConfirmation confirmation)
    {
        var runs = confirmation.Runs;
        var isPaired = runs.Comparisons.Any(comparison => comparison.Method == ComparisonMethod.Paired);
        var values = model.Ranked.ToDictionary(trial => trial.Number, trial => trial.Value!.Value);
        var rows = runs.Groups.Index().Select(group =>
        {
            var row = ReportSections.ValueRow(group.Item, group.Index, runs.Spread, isPaired);
            if (!values.TryGetValue(confirmation.Trials[group.Index], out var sweep)) return row;
            return row with
            {
                Facts = $"{row.Facts} · in the sweep {model.Text(sweep)}",
                Dots = [.. row.Dots, new Dot(sweep, $"in the sweep: {model.Text(sweep)}", DotKind.Ring)],
            };
        }).ToArray();
        double[] ends = [.. rows.SelectMany(row => row.Dots.Select(dot => dot.Value)
            .Concat(new[] { row.Mean, row.Interval?.Low, row.Interval?.High }.OfType<double>()))];
        if (ends.Length == 0) return;
        using var figure = page.Open("figure", ("class", "card"));
        StripChart.Draw(page, $"Confirmed values of {model.Metric}", string.Join(" ", rows.Select(row => $"{row.Label}: {row.Facts}.")),
            rows, ChartAxis.Linear(ends.Min(), ends.Max()), model.MetricTitle);
        page.Element("figcaption",
            PageText.Of("● a run with a fresh seed, ○ the trial's value in the sweep, which doesn't count here. The diamond is the "
            + $"mean of the fresh runs, and the bar is its {Numbers.Percent(runs.Options.Confidence)} interval.")
            + (isPaired ? " Thin lines join runs with the same seed." : ""), ("class", "note"));
    }
}
