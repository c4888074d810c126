using System.Globalization;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Writes the head of a study's report: the best trial, how certain it is, and how the study was run.</summary>
public static class StudyHeadline
{
    private const int MaxNameLength = 60;
    private const int MaxValueLength = 120;

    /// <summary>Writes the head of the page.</summary>
    public static void Write(Markup page, StudyReportModel model)
    {
        var spec = model.Study.Spec;
        using var header = page.Open("header");
        page.Element("p", "Tenfold sweep report", ("class", "kicker"));
        page.Element("h1", $"{spec.Project}: {model.Study.Id}");
        var title = spec.HasFront ? FrontText.Objectives(spec) : model.MetricTitle;
        page.Element("p",
            $"{title} · {Numbers.Count(model.Trials.Count, "trial")}{StatesText(model)} · "
            + $"{model.Study.State.ToString().ToLowerInvariant()}", ("class", "lead"));
        using var card = page.Open("div", ("class", "card answer"));
        if (model.Front.Count > 0)
        {
            StudyFrontSection.Answer(page, model);
        }
        else if (model.Best is not { Value: { } value } best)
        {
            page.Element("p", model.Trials.Count == 0 ? "No trial has been suggested yet." : $"No trial has a value of {model.Metric} yet.",
                ("class", "sentence"));
        }
        else
        {
            Answer(page, model);
            Facts(page, model, best, value);
            Settings(page, model.Confirmation?.WinnerTrial is { } winner
                ? model.Trials.FirstOrDefault(trial => trial.Number == winner) ?? best : best);
        }

        Method(page, model);
    }

    /// <summary>What a study may spend; null for no limit.</summary>
    public static string? BudgetText(Budget? budget)
    {
        var time = budget?.Time is { } longest ? Numbers.Duration(longest) : null;
        var usd = budget?.Usd is { } most ? $"{most:0.##} USD" : null;
        string[] parts = [.. new[] { time, usd }.OfType<string>()];
        return parts.Length == 0 ? null : string.Join(" and ", parts);
    }

    private static void Facts(Markup page, StudyReportModel model, StudyTrial best, double value)
    {
        using var facts = page.Open("dl", ("class", "facts headline"));
        if (StudyConfirmationSection.Drop(model) is { } drop)
        {
            ReportPage.Fact(page, drop > 0 ? "Lost when run again: the winner's curse" : "Gained when run again",
                Numbers.Format(Math.Abs(drop), model.Spread));
        }

        ReportPage.Fact(page, model.Predicted is null ? "Best by value" : "Best by the model", $"trial {best.Number}");
        var of = best.Record.Values.Count > 1 ? $", mean of {best.Record.Values.Count}" : "";
        ReportPage.Fact(page, $"Its value in the sweep{of}", model.Text(value));
        if (model.Predicted is { } predicted)
        {
            ReportPage.Fact(page, "The model's mean ± standard deviation",
                $"{model.Text(predicted.Mean)} ± {Numbers.Format(predicted.StandardDeviation, predicted.StandardDeviation)}");
        }

        if (model.Noise is { } noise) ReportPage.Fact(page, "Noise of one run (standard deviation)", Numbers.Format(noise, noise));
        if (model.Ranked[0].Number != best.Number)
            ReportPage.Fact(page, $"Best single value (trial {model.Ranked[0].Number})", model.Text(model.Ranked[0].Value!.Value));
    }

    private static void Method(Markup page, StudyReportModel model)
    {
        var spec = model.Study.Spec;
        using var how = page.Open("dl", ("class", "facts how"));
        ReportPage.Fact(page, "Method", StudyProvenance.MethodText(spec));
        ReportPage.Fact(page, "Seed", $"{spec.Seed}");
        ReportPage.Fact(page, "In parallel", $"{spec.Parallel}");
        ReportPage.Fact(page, "Trials planned", spec.Trials is { } most ? $"{most}" : "no limit");
        if (spec.Repeat > 1) ReportPage.Fact(page, "Runs of each trial", $"{spec.Repeat}");
        if (BudgetText(spec.Budget) is { } budget) ReportPage.Fact(page, "Budget", budget);
        if (model.Trials.Count > 0) ReportPage.Fact(page, "Took", Took(model));
    }

    private static void Answer(Markup page, StudyReportModel model)
    {
        using var sentence = page.Open("p", ("class", "sentence"));
        if (model.Confirmation is { WinnerSummary: { } confirmed, WinnerTrial: { } winner })
        {
            page.Element("span", "confirmed", ("class", "badge good"));
            page.Element("b", $"Trial {winner}");
            var ends = confirmed.Interval is { } interval
                ? $" ({Numbers.Percent(confirmed.Confidence)} interval {model.Text(interval.Low)} to {model.Text(interval.High)})" : "";
            page.Text(PageText.Of($" reaches {model.Metric} {model.Text(confirmed.Mean)} in {Numbers.Count(confirmed.N, "run")} "
                + $"with fresh seeds{ends}: expect this value from its settings."));
        }
        else
        {
            page.Element("span", "not confirmed", ("class", "badge"));
            page.Element("b", $"Trial {model.Best!.Number}");
            page.Text(model.Predicted is not null
                ? " is the best by the model, which weighs all values, so one lucky run doesn't win."
                : $" has the best value. {(model.HasModel ? "The model can't rate it" : NoteText.NoModel)}, "
                    + "so luck and merit can't be told apart.");
        }
    }

    private static void Settings(Markup page, StudyTrial trial)
    {
        page.Element("p", $"Settings of trial {trial.Number}", ("class", "settings-title"));
        using var list = page.Open("dl", ("class", "settings"));
        foreach (var (name, value) in trial.Settings)
        {
            using var row = page.Open("div");
            page.Element("dt", ParameterText.Cut(name, MaxNameLength));
            var text = value is NumberValue number
                ? number.Value.ToString("G6", CultureInfo.InvariantCulture).Replace('E', 'e')
                : ParameterText.Cut(value.Text, MaxValueLength);
            page.Element("dd", text, ("title", ParameterText.Cut(value.Text, 1000)));
        }
    }

    private static string StatesText(StudyReportModel model) => model.Trials.Count == 0 ? "" : ": " + string.Join(", ",
        model.Trials.GroupBy(trial => trial.Record.State).OrderBy(state => state.Key != TrialState.Completed).ThenBy(state => state.Key)
            .Select(state => $"{state.Count()} {state.Key.ToString().ToLowerInvariant()}"));

    private static string Took(StudyReportModel model)
    {
        var end = model.Study.EndedAt ?? (model.Study.State is StudyState.Running or StudyState.Confirming
            ? model.GeneratedAt : model.Trials.Max(trial => trial.Record.EndedAt) ?? model.GeneratedAt);
        return Numbers.Duration(end - model.Study.CreatedAt)
            + (model.Study.EndedAt is null && model.Study.State is StudyState.Running or StudyState.Confirming ? " so far" : "");
    }
}
