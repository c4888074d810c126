using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>The parts of a report that are tables: every run, every metric, parameters and provenance.</summary>
public static class ReportTables
{
    private const int OpenUpTo = 50;

    /// <summary>Every run, a table a group.</summary>
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
                page.Text($" · {CountText.Of(group, model.Metric is not null)}");
            }

            using var scroll = page.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", $"Runs of {group.Label}"));
            using var table = page.Open("table", ("class", "runs"));
            Head(page, "Repeat", "Run", "Seed", "State", model.Metric ?? "Value", "Duration", "Attempts", "Reason");
            using var body = page.Open("tbody");
            foreach (var run in group.Runs) Row(page, run, spread);
        }
    }

    /// <summary>The last values of every metric, a row a group.</summary>
    public static void Metrics(Markup page, ReportModel model)
    {
        var names = model.Groups.SelectMany(group => group.Runs).SelectMany(run => run.Metrics).Select(metric => metric.Name).Distinct()
            .OrderBy(name => name != model.Metric).ToArray();
        if (names.Length == 0) return;
        using var section = page.Open("section");
        page.Element("h2", "Last values of every metric");
        using (page.Open("div", ("class", "card scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Last values of every metric")))
        using (page.Open("table", ("class", "metrics")))
        {
            Head(page, "Metric", "Group", "n", "Mean", $"{Numbers.Percent(model.Options.Confidence)} interval", "Standard deviation", "Median", "Min", "Max");
            foreach (var name in names)
            {
                using var body = page.Open("tbody");
                for (var i = 0; i < model.Groups.Count; i++) MetricRow(page, name, model, i);
            }
        }

        page.Element("p", "Of runs that succeeded and whose last value is finite; n counts them.", ("class", "note"));
    }

    /// <summary>Parameters side by side.</summary>
    public static void Parameters(Markup page, ReportModel model)
    {
        var all = model.Groups.Select(group => group.Group.Spec.Parameters).ToArray();
        var names = ParameterText.Names(all);
        using var section = page.Open("section");
        page.Element("h2", "Parameters");
        if (names.Count == 0)
        {
            page.Element("p", "There are none.", ("class", "card"));
            return;
        }

        SideBySide(page, HeadsOf(model), [.. names.Select(name => new Fact(name, [.. all.Select(one => ParameterText.Value(one, name))], model.DifferingParameters.Contains(name)))], model.Groups.Count > 1);
    }

    /// <summary>Where the runs come from: all that is needed to do them again.</summary>
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
        page.Element("td", record.State.ToString().ToLowerInvariant(), ("class", $"state {record.State.ToString().ToLowerInvariant()}"));
        var value = run.Result.Last is not { } last ? "—" : ReportSections.Shown(Numbers.Format(last, spread)) + (run.Value is null ? " (not counted)" : "");
        page.Element("td", value, ("class", "number"));
        page.Element("td", run.Duration is { } duration ? Numbers.Duration(duration) + (record.State.IsFinal() ? "" : " so far") : "—", ("class", "number"));
        page.Element("td", $"{record.Attempts}", ("class", record.Attempts > 1 ? "number several" : "number"));
        page.Element("td", record.Reason ?? "", ("class", "reason"));
    }

    private static void MetricRow(Markup page, string name, ReportModel model, int colour)
    {
        var group = model.Groups[colour];
        double[] values =
        [
            .. group.Runs.Where(run => run.Record.State == RunState.Succeeded)
                .Select(run => run.Metrics.FirstOrDefault(metric => metric.Name == name)?.Last ?? double.NaN).Where(double.IsFinite),
        ];
        var summary = values.Length == 0 ? null : Summary.Of(values, model.Options.Confidence);
        var spread = summary?.StandardDeviation;
        using var row = page.Open("tr");
        if (colour == 0) page.Element("th", name, ("scope", "rowgroup"), ("rowspan", $"{model.Groups.Count}"));
        page.Element("td", group.Label, ("class", $"swatch g{colour % 6}"));
        page.Element("td", $"{values.Length}", ("class", "number"));
        var interval = summary?.Interval is { } ends && ends.High > ends.Low ? $"{Text(ends.Low)} to {Text(ends.High)}" : "—";
        foreach (var text in new[] { Text(summary?.Mean), interval, spread is { } known ? Numbers.Format(known, known) : "—", Text(summary?.Median), Text(summary?.Min), Text(summary?.Max) })
            page.Element("td", text, ("class", "number"));

        string Text(double? value) => value is { } some ? ReportSections.Shown(Numbers.Format(some, spread)) : "—";
    }

    /// <summary>Facts with a column for each of some things.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="heads">The things' names; for one thing, they are not written.</param>
    /// <param name="facts">The rows.</param>
    /// <param name="isMarked">True when rows that differ are marked.</param>
    internal static void SideBySide(Markup page, IReadOnlyList<string> heads, IReadOnlyList<Fact> facts, bool isMarked)
    {
        using var scroll = page.Open("div", ("class", "card scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Side by side"));
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

    /// <summary>The head of a table.</summary>
    internal static void Head(Markup page, params ReadOnlySpan<string> names)
    {
        using var head = page.Open("thead");
        using var row = page.Open("tr");
        foreach (var name in names) page.Element("th", name, ("scope", "col"));
    }
}

/// <summary>A row of a table with a column a group.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Values">One a group; null for none.</param>
/// <param name="Differs">True when they aren't all the same.</param>
public sealed record Fact(string Name, IReadOnlyList<string?> Values, bool Differs);
