using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>Writes the sections of a report that are tables: runs, metrics, parameters and provenance.</summary>
public static class ReportTables
{
    private const int OpenUpTo = 50;

    /// <summary>Writes every run, in a table for each group.</summary>
    public static void Runs(Markup page, ReportModel model)
    {
        using var section = page.Open("section");
        page.Element("h2", "Runs");
        var spread = model.Spread;
        foreach (var (i, group) in model.Groups.Index())
        {
            using var details = page.Open("details", ("class", $"card g{i % 6}"), ("open", group.Runs.Count <= OpenUpTo ? "open" : null));
            using (page.Open("summary"))
            {
                page.Element("b", group.Label);
                page.Text($" · {CountText.Of(group.Results, model.Metric is not null)}");
            }

            using var scroll = page.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"),
                ("aria-label", $"Runs of {group.Label}"));
            using var table = page.Open("table", ("class", "runs"));
            Head(page, "Repeat", "Run", "Seed", "State", model.Metric ?? "Value", "Duration", "Attempts", "Reason");
            using var body = page.Open("tbody");
            foreach (var run in group.Runs) Row(page, run, spread);
        }
    }

    /// <summary>Writes the last values of every metric, in a row for each group; nothing when no metric was reported.</summary>
    public static void Metrics(Markup page, ReportModel model)
    {
        var names = model.Groups.SelectMany(group => group.Runs).SelectMany(run => run.Metrics).Select(metric => metric.Name).Distinct()
            .OrderBy(name => name != model.Metric).ToArray();
        if (names.Length == 0) return;
        using var section = page.Open("section");
        page.Element("h2", "Last values of every metric");
        using (page.Open("div", ("class", "card scroll"), ("tabindex", "0"), ("role", "region"),
            ("aria-label", "Last values of every metric")))
        using (page.Open("table", ("class", "metrics")))
        {
            var interval = $"{Numbers.Percent(model.Options.Confidence)} interval";
            Head(page, "Metric", "Group", "n", "Mean", interval, "Standard deviation", "Median", "Min", "Max");
            foreach (var name in names)
            {
                using var body = page.Open("tbody");
                for (var i = 0; i < model.Groups.Count; i++) MetricRow(page, name, model, i);
            }
        }

        page.Element("p", "Only runs that succeeded with a finite last value count; n is their number."
            + (model.Variance is null ? "" : " Of a group that varies several sources, only runs with new draws of all of them count."),
            ("class", "note"));
    }

    /// <summary>Writes the parameters of the groups side by side.</summary>
    public static void Parameters(Markup page, ReportModel model)
    {
        var all = model.Groups.Select(group => group.Group.Spec.Parameters).ToArray();
        var names = ParameterText.Names(all);
        using var section = page.Open("section");
        page.Element("h2", "Parameters");
        if (names.Count == 0)
        {
            page.Element("p", "The groups have no parameters.", ("class", "card"));
            return;
        }

        var facts = names.Select(name =>
            new Fact(name, [.. all.Select(parameters => ParameterText.Value(parameters, name))], model.DifferingParameters.Contains(name)));
        SideBySide(page, HeadsOf(model), [.. facts], isMarked: model.Groups.Count > 1);
    }

    /// <summary>Writes the provenance of the runs: everything that is needed to repeat them.</summary>
    public static void Provenance(Markup page, ReportModel model)
    {
        using var section = page.Open("section");
        page.Element("h2", "Provenance");
        SideBySide(page, HeadsOf(model), [.. ProvenanceFacts.Of(model.Groups)], isMarked: model.Groups.Count > 1);
    }

    private static string[] HeadsOf(ReportModel model) => [.. model.Groups.Select(group => group.Label)];

    private static void Row(Markup page, ReportRun run, double? spread)
    {
        var record = run.Record;
        using var row = page.Open("tr", ("class", run.Result.Missing is null ? null : "out"));
        page.Element("td", $"{record.Repeat}", ("class", "number"));
        page.Element("td", record.Id, ("class", "code"));
        page.Element("td", $"{record.Seed}", ("class", "number"));
        var state = record.State.ToString().ToLowerInvariant();
        page.Element("td", state, ("class", $"state {state}"));
        var value = run.Result.Last is not { } last
            ? "—" : PageText.Of(Numbers.Format(last, spread)) + (run.Value is null ? " (not counted)" : "");
        page.Element("td", value, ("class", "number"));
        var took = run.Duration is { } duration ? Numbers.Duration(duration) + (record.State.IsFinal() ? "" : " so far") : "—";
        page.Element("td", took, ("class", "number"));
        page.Element("td", $"{record.Attempts}", ("class", record.Attempts > 1 ? "number several" : "number"));
        page.Element("td", ReasonText.Of(record.Reason, record.Warnings) ?? "", ("class", "reason"));
    }

    private static void MetricRow(Markup page, string name, ReportModel model, int colour)
    {
        var group = model.Groups[colour];
        double[] values =
        [
            .. group.Sample.Where(run => run.Record.State == RunState.Succeeded)
                .Select(run => run.Metrics.FirstOrDefault(metric => metric.Name == name)?.Last ?? double.NaN).Where(double.IsFinite),
        ];
        var summary = values.Length == 0 ? null : Summary.Of(values, model.Options.Confidence);
        var spread = summary?.StandardDeviation;
        using var row = page.Open("tr");
        if (colour == 0) page.Element("th", name, ("scope", "rowgroup"), ("rowspan", $"{model.Groups.Count}"));
        page.Element("td", group.Label, ("class", $"swatch g{colour % 6}"));
        page.Element("td", $"{values.Length}", ("class", "number"));
        var interval = summary?.Interval is { } ends && ends.High > ends.Low ? $"{Text(ends.Low)} to {Text(ends.High)}" : "—";
        var deviation = spread is { } known ? Numbers.Format(known, known) : "—";
        string[] cells = [Text(summary?.Mean), interval, deviation, Text(summary?.Median), Text(summary?.Min), Text(summary?.Max)];
        foreach (var cell in cells) page.Element("td", cell, ("class", "number"));

        string Text(double? value) => value is { } some ? PageText.Of(Numbers.Format(some, spread)) : "—";
    }

    /// <summary>Writes facts in a table with a column for each group.</summary>
    /// <param name="page">The page to write on.</param>
    /// <param name="heads">The headings of the columns; not shown for a single column.</param>
    /// <param name="facts">The rows.</param>
    /// <param name="isMarked">True to mark the rows whose values differ.</param>
    internal static void SideBySide(Markup page, IReadOnlyList<string> heads, IReadOnlyList<Fact> facts, bool isMarked)
    {
        using var scroll = page.Open("div", ("class", "card scroll"), ("tabindex", "0"), ("role", "region"),
            ("aria-label", "Side by side"));
        using var table = page.Open("table", ("class", "side"));
        if (heads.Count > 1)
        {
            using var head = page.Open("thead");
            using var row = page.Open("tr");
            page.Element("td", "");
            foreach (var (i, label) in heads.Index()) page.Element("th", label, ("scope", "col"), ("class", $"swatch g{i % 6}"));
        }

        using var body = page.Open("tbody");
        foreach (var fact in facts)
        {
            var isMarkedRow = isMarked && fact.Differs;
            using var row = page.Open("tr", ("class", isMarkedRow ? "differs" : null));
            using (page.Open("th", ("scope", "row")))
            {
                page.Text(fact.Name);
                if (isMarkedRow) page.Element("span", " ≠", ("title", "differs between the groups"));
            }

            foreach (var value in fact.Values) page.Element("td", value ?? "—");
        }
    }

    /// <summary>Writes the head of a table.</summary>
    internal static void Head(Markup page, params ReadOnlySpan<string> names)
    {
        using var head = page.Open("thead");
        using var row = page.Open("tr");
        foreach (var name in names) page.Element("th", name, ("scope", "col"));
    }
}

/// <summary>A row of a table with a column for each group.</summary>
/// <param name="Name">What the row is about.</param>
/// <param name="Values">A value for each group; null for none.</param>
/// <param name="Differs">True when the values are not all equal.</param>
internal sealed record Fact(string Name, IReadOnlyList<string?> Values, bool Differs);
