using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>
/// Renders a report on groups as one HTML file: no script, no network use, charts as SVG. It opens in any browser, can be printed and
/// mailed, and follows the reader's light or dark setting. It is also well-formed XML.
/// </summary>
public static class HtmlReport
{
    /// <summary>Renders a report. Equal models give equal pages.</summary>
    public static string Render(ReportModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var groups = string.Join(" against ", model.Groups.Select(group => group.Group.Id).Take(3));
        var title = $"{model.Groups[0].Group.Spec.Project}: {groups}";
        return ReportPage.Render(title, ReportStyle.Sheet, model.GeneratedAt, page =>
        {
            Header(page, model);
            foreach (var section in Sections)
            {
                page.Line();
                section(page, model);
            }
        });
    }

    private static IReadOnlyList<Action<Markup, ReportModel>> Sections { get; } =
    [
        ReportSections.Verdicts, LooksSection.Draw, Notes, VarianceSection.Draw, ReportSections.Values, ReportSections.Curves,
        ReportTables.Metrics, ReportSections.Durations, ReportTables.Runs, ReportTables.Parameters, ReportTables.Provenance,
    ];

    private static void Header(Markup page, ReportModel model)
    {
        var runs = model.Groups.SelectMany(group => group.Runs).ToArray();
        using var header = page.Open("header");
        page.Element("p", "Tenfold report", ("class", "kicker"));
        page.Element("h1", model.Groups[0].Group.Spec.Project);
        var goal = model.Metric is { } metric ? $"{metric}, {(model.Goal == MetricGoal.Maximize ? "higher" : "lower")} is better · " : "";
        var states = runs.GroupBy(run => run.Record.State).OrderBy(state => state.Key != RunState.Succeeded).ThenBy(state => state.Key)
            .Select(state => $"{state.Count()} {state.Key.ToString().ToLowerInvariant()}");
        var counts = $"{Numbers.Count(model.Groups.Count, "group")}, {Numbers.Count(runs.Length, "run")}";
        page.Element("p", $"{goal}{counts}: {string.Join(", ", states)}", ("class", "lead"));
        if (model.Groups.Count == 1) Headline(page, model);
    }

    /// <summary>Writes the summary of a single group, which has no verdict.</summary>
    private static void Headline(Markup page, ReportModel model)
    {
        var group = model.Groups[0];
        if (group.Summary is not { } summary) return;
        var spread = model.Spread;
        using var card = page.Open("div", ("class", "card"));
        using var facts = page.Open("dl", ("class", "facts headline"));
        Fact("Mean", Numbers.Format(summary.Mean, spread));
        if (summary.N > 1)
        {
            Fact($"{Numbers.Percent(summary.Confidence)} interval", summary.Interval is { } ends
                ? $"{Numbers.Format(ends.Low, spread)} to {Numbers.Format(ends.High, spread)}" : "none: all values are equal");
        }

        if (group.Location is { Statistic: not LocationStatistic.Mean } location)
        {
            var range = location.Interval is { } found
                ? $" ({Numbers.Format(found.Low, spread)} to {Numbers.Format(found.High, spread)})" : "";
            var name = StatisticText.Name(location.Statistic);
            Fact(string.Concat(name[..1].ToUpperInvariant(), name[1..]), $"{Numbers.Format(location.Value, spread)}{range}");
        }

        if (summary.StandardDeviation is { } deviation) Fact("Standard deviation", Numbers.Format(deviation, deviation));
        Fact("Median", Numbers.Format(summary.Median, spread));
        Fact("Min to max", $"{Numbers.Format(summary.Min, spread)} to {Numbers.Format(summary.Max, spread)}");
        if (group.BadRuns is { Count: > 0 } bad) Fact("Failed or diverged", VerdictText.Words(bad));
        Fact("n", CountText.Of([.. group.Sample.Select(run => run.Result)], hasMetric: true));

        void Fact(string name, string value) => ReportPage.Fact(page, name, value);
    }

    // What holds for several groups is said once.
    private static void Notes(Markup page, ReportModel model) =>
        ReportPage.Notes(page, model.Notes.GroupBy(note => (IsOfAll: note.Group is null, Text: NoteText.Sentence(note.Note))).Select(note =>
        {
            var groups = note.Select(one => one.Group).OfType<string>();
            string[] labels = [.. groups.Select(id => LabelOf(model, id)).OfType<string>().Distinct()];
            return labels.Length == 0 ? note.Key.Text : $"{string.Join(", ", labels)}: {note.Key.Text}";
        }));

    /// <summary>The label of a group in a note; null when the report has only one group.</summary>
    private static string? LabelOf(ReportModel model, string id) =>
        model.Groups.Count == 1 ? null : model.Groups.FirstOrDefault(group => group.Group.Id == id)?.Label ?? id;
}
