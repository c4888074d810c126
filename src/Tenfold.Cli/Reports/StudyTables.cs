using Tenfold.Core.Ledger;
using Tenfold.Core.Projects;
using Tenfold.Core.Studies;

namespace Tenfold.Cli.Reports;

/// <summary>The parts of a study's report that are tables: every trial, and where they come from.</summary>
internal static class StudyTables
{
    private const int MostRows = 200;
    private const int MostColumns = 10;
    private const int OpenUpTo = 60;

    /// <summary>The trials, the best first, then those without a value by number.</summary>
    public static void Trials(Markup page, StudyReportModel model)
    {
        using var section = page.Open("section");
        page.Element("h2", "Trials");
        if (model.Trials.Count == 0)
        {
            page.Element("p", "None has been asked yet.", ("class", "card"));
            return;
        }

        StudyTrial[] all = [.. model.Ranked, .. model.Trials.Where(trial => trial.Value is null)];
        // Those that failed are told apart from those that were only worse: both kinds are seen.
        var shown = all.Length <= MostRows ? all : [.. all.Take(MostRows)];
        var columns = model.Axes.Count <= MostColumns ? model.Axes : [];
        using (var details = page.Open("details", ("class", "card"), ("open", shown.Length <= OpenUpTo ? "open" : null)))
        {
            page.Element("summary", $"{(shown.Length < all.Length ? $"The best {shown.Length} of " : "")}{Numbers.Count(all.Length, "trial")}, the best first");
            using var scroll = page.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Trials"));
            using var table = page.Open("table", ("class", "runs trials"));
            ReportTables.Head(page, ["Trial", model.Metric, "State", .. columns.Count > 0 || model.Axes.Count == 0 ? columns.Select(axis => axis.Name) : ["Settings"], "Chosen by", "Why it ended"]);
            using var body = page.Open("tbody");
            foreach (var trial in shown) Row(page, model, trial, columns);
        }

        if (shown.Length == all.Length) return;
        var rest = all.Skip(shown.Length).ToArray();
        var states = string.Join(", ", rest.GroupBy(trial => trial.Record.State).OrderBy(one => one.Key).Select(one => $"{one.Count()} {one.Key.ToString().ToLowerInvariant()}"));
        double[] values = [.. rest.Where(trial => trial.Value is not null).Select(trial => trial.Value!.Value)];
        page.Element("p", $"Not listed: {Numbers.Count(rest.Length, "trial")} ({states})"
            + (values.Length > 0 ? $", with values from {model.Text(values[0])} to {model.Text(values[^1])}." : "."), ("class", "note"));
    }

    /// <summary>What was searched, how, and from which code: all that is needed to do it again.</summary>
    public static void Provenance(Markup page, StudyReportModel model)
    {
        var (study, spec) = (model.Study, model.Study.Spec);
        using var section = page.Open("section");
        page.Element("h2", "Provenance");
        var work = spec.Work is null ? [] : ProvenanceFacts.Of([ReportGroup.Of(new(AsGroup(study, spec.Work), []), [], null, model.GeneratedAt, 0.95)])
            .Where(fact => fact.Name is not ("Group" or "Project" or "Folder" or "Target" or "Created" or "Metric" or "Base seed" or "Repeats" or "Made on" or "Tenfold version" or "Git commit" or "Git branch"));
        Fact[] facts =
        [
            One("Study", study.Id), One("Project", spec.Project), One("Folder", study.Root), One("Target", study.Target), One("Created", ProvenanceFacts.Time(study.CreatedAt)),
            One("Ended", study.EndedAt is { } ended ? ProvenanceFacts.Time(ended) : null),
            One("Git commit", study.GitCommit is null ? null : study.GitCommit + study.GitDirty switch { true => " (dirty: files differed)", false => " (clean)", null => "" }),
            One("Git branch", study.GitBranch), One("Metric", $"{spec.Metric.Name}, {spec.Metric.Goal.ToString().ToLowerInvariant()}"),
            One("Method", spec.Method.ToString().ToLowerInvariant() + (spec.Synchronous ? ", in batches" : "")), One("Seed", $"{spec.Seed}"),
            One("Trials", spec.Trials is { } most ? $"{most}" : "without end"), One("At once", $"{spec.Parallel}"), One("Runs a trial", $"{spec.Repeat}"),
            One("Ended early", spec.Prune is { } prune ? $"{prune.Rule.ToString().ToLowerInvariant()}, first rung {prune.First}, factor {prune.Factor}" : "never"),
            One("Confirmed", spec.Confirm is { } confirm ? $"the best {confirm.Top}, {confirm.Repeat} runs each" : "no"),
            One("Budget", StudyHeadline.BudgetText(spec.Budget)), One("Points to begin with", spec.Start.Count > 0 ? $"{spec.Start.Count}" : null), One("Learned from", spec.From),
            One("Trials were run by", spec.Work is null ? "somebody else (ask and tell)" : null),
            .. work,
            One("Made on", study.Host), One("Tenfold version", study.Version),
        ];
        ReportTables.SideBySide(page, [study.Id], [.. facts.Where(fact => fact.Values[0] is not null)], isMarked: false);
        page.Element("p", "The space, as the ledger has it:", ("class", "note"));
        page.Element("p", spec.Space.GetRawText(), ("class", "card code wrap"));

        static Fact One(string name, string? value) => new(name, [value], false);
    }

    private static void Row(Markup page, StudyReportModel model, StudyTrial trial, IReadOnlyList<StudyAxis> columns)
    {
        var record = trial.Record;
        var isBest = trial.Number == model.Best?.Number;
        using var row = page.Open("tr", ("class", isBest ? "differs" : trial.Value is null ? "out" : null));
        page.Element("td", $"{trial.Number}{(isBest ? " ◎" : "")}{(record.Again is { } again ? $" (again {again})" : "")}", ("class", "number"));
        var values = record.Values.Count > 1 ? $" (n = {record.Values.Count})" : "";
        page.Element("td", trial.Value is { } value ? model.Text(value) + values : trial.Rung is { } rung ? $"{model.Text(rung.Value)} at {rung.Rung}" : "—", ("class", "number"),
            ("title", record.Values.Count > 1 ? string.Join(", ", record.Values.Take(20).Select(model.Text)) : null));
        page.Element("td", trial.StateText, ("class", $"number {record.State.ToString().ToLowerInvariant()}"));
        foreach (var axis in columns)
        {
            var has = trial.Settings.TryGetValue(axis.Name, out var setting);
            page.Element("td", has ? StudyAxis.Text(setting!) : "—", ("class", has && setting is TextValue ? "setting" : "number"), ("title", has ? ParameterText.Cut(setting!.Text, 200) : "not in play"));
        }

        if (columns.Count == 0 && model.Axes.Count > 0) page.Element("td", string.Join(", ", trial.Settings.Select(one => $"{one.Key} {StudyAxis.Text(one.Value)}")), ("class", "reason"));
        using (page.Open("td", ("class", "reason")))
        {
            page.Element("b", record.Method);
            page.Text($" {record.Reason}");
        }

        page.Element("td", record.Why ?? "", ("class", "reason"));
    }

    /// <summary>A study's work as a group has it, for the facts that both share.</summary>
    private static GroupRecord AsGroup(StudyRecord study, Core.Runs.WorkSpec work) => new()
    {
        Id = study.Id,
        Root = study.Root,
        Target = study.Target,
        CreatedAt = study.CreatedAt,
        Host = study.Host,
        Version = study.Version,
        BaseSeed = study.Spec.Seed,
        Repeat = study.Spec.Repeat,
        Spec = work,
    };
}
