using Tenfold.Core.Reasons;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Reports.Groups;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Writes every trial of a study in a table.</summary>
public static class StudyTables
{
    private const int MaxRows = 200;
    private const int MaxColumns = 10;
    private const int OpenUpTo = 60;

    /// <summary>Writes the trials: best first, then those without a value by number. With several objectives, the front first.</summary>
    public static void Trials(Markup page, StudyReportModel model)
    {
        using var section = page.Open("section");
        page.Element("h2", "Trials");
        if (model.Trials.Count == 0)
        {
            page.Element("p", "No trial has been suggested yet.", ("class", "card"));
            return;
        }

        var (hasFront, metrics) = (model.Study.Spec.HasFront, model.Study.Spec.Metrics);
        var front = model.Front.Select(trial => trial.Number).ToHashSet();
        StudyTrial[] all = hasFront ? [.. model.Front, .. model.Trials.Where(trial => !front.Contains(trial.Number))]
            : [.. model.Ranked, .. model.Trials.Where(trial => trial.Value is null)];
        var shown = all.Length <= MaxRows ? all : [.. all.Take(MaxRows)];
        var columns = model.Axes.Count <= MaxColumns ? model.Axes : [];
        using (var details = page.Open("details", ("class", "card"), ("open", shown.Length <= OpenUpTo ? "open" : null)))
        {
            var part = shown.Length < all.Length ? $"The {(hasFront ? "first" : "best")} {shown.Length} of " : "";
            page.Element("summary",
                $"{part}{Numbers.Count(all.Length, "trial")}, {(hasFront ? "those on the front first" : "the best first")}");
            using var scroll = page.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Trials"));
            using var table = page.Open("table", ("class", "runs trials"));
            string[] settings = columns.Count > 0 || model.Axes.Count == 0 ? [.. columns.Select(axis => axis.Name)] : ["Settings"];
            ReportTables.Head(page, ["Trial", .. metrics.Select(metric => metric.Name), "State", .. settings, "Chosen by", "Why it ended"]);
            using var body = page.Open("tbody");
            foreach (var trial in shown) Row(page, model, trial, columns);
        }

        if (shown.Length == all.Length) return;
        var rest = all.Skip(shown.Length).ToArray();
        var states = string.Join(", ", rest.GroupBy(trial => trial.Record.State).OrderBy(state => state.Key)
            .Select(state => $"{state.Count()} {state.Key.ToString().ToLowerInvariant()}"));
        double[] values = hasFront ? [] : [.. rest.Where(trial => trial.Value is not null).Select(trial => trial.Value!.Value)];
        page.Element("p", $"Not listed: {Numbers.Count(rest.Length, "trial")} ({states})"
            + (values.Length > 0 ? $", with values from {model.Text(values[0])} to {model.Text(values[^1])}." : "."), ("class", "note"));
    }

    private static void Row(Markup page, StudyReportModel model, StudyTrial trial, IReadOnlyList<StudyAxis> columns)
    {
        var record = trial.Record;
        var isBest = trial.Number == model.Best?.Number || model.Front.Any(one => one.Number == trial.Number);
        using var row = page.Open("tr", ("class", isBest ? "differs" : trial.Value is null ? "out" : null));
        page.Element("td", $"{trial.Number}{(isBest ? " ◎" : "")}{(record.Again is { } again ? $" (again {again})" : "")}",
            ("class", "number"));
        var values = record.Values.Count > 1 ? $" (n = {record.Values.Count})" : "";
        var atRung = trial.Rung is { } rung ? $"{model.Text(rung.Value)} at {rung.Rung}" : "—";
        page.Element("td", trial.Value is { } value ? model.Text(value) + values : atRung, ("class", "number"),
            ("title", record.Values.Count > 1 ? string.Join(", ", record.Values.Take(20).Select(model.Text)) : null));
        for (var other = 1; other < model.Study.Spec.Metrics.Count; other++)
            page.Element("td", trial.Value is null ? "—" : Numbers.Format(record.Means[other]), ("class", "number"));
        page.Element("td", trial.StateText, ("class", $"number {record.State.ToString().ToLowerInvariant()}"));
        foreach (var axis in columns)
        {
            var has = trial.Settings.TryGetValue(axis.Name, out var setting);
            page.Element("td", has ? StudyAxis.Text(setting!) : "—", ("class", has && setting is TextValue ? "setting" : "number"),
                ("title", has ? ParameterText.Cut(setting!.Text, 200) : "not active"));
        }

        if (columns.Count == 0 && model.Axes.Count > 0)
            page.Element("td", string.Join(", ", trial.Settings.Select(setting => $"{setting.Key} {StudyAxis.Text(setting.Value)}")),
                ("class", "reason"));
        using (page.Open("td", ("class", "reason")))
        {
            page.Element("b", record.Method);
            page.Text($" {ReasonText.Of(record.Reason)}");
        }

        page.Element("td", record.Why.Words() ?? "", ("class", "reason"));
    }
}
