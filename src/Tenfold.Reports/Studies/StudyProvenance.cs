using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Reports.Groups;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Writes the provenance of a study: everything that is needed to repeat it.</summary>
public static class StudyProvenance
{
    private static readonly HashSet<string> OfStudy =
    [
        "Group", "Project", "Folder", "Target", "Created", "Metric", "Base seed", "Repeats", "Made on", "Tenfold version",
        "Git commit", "Git branch",
    ];

    /// <summary>Draws the section.</summary>
    public static void Draw(Markup page, StudyReportModel model)
    {
        using var section = page.Open("section");
        page.Element("h2", "Provenance");
        ReportTables.SideBySide(page, [model.Study.Id], [.. Facts(model).Where(fact => fact.Values[0] is not null)], isMarked: false);
        page.Element("p", "The space, as stored in the ledger:", ("class", "note"));
        page.Element("p", model.Study.Spec.Space.GetRawText(), ("class", "card code wrap"));
    }

    /// <summary>How a study chooses its points.</summary>
    internal static string MethodText(StudySpec spec) =>
        spec.Method.ToString().ToLowerInvariant() + (spec.Synchronous ? ", in batches" : "") + (spec.CostAware ? ", cost-aware" : "");

    private static IEnumerable<Fact> Facts(StudyReportModel model)
    {
        var (study, spec) = (model.Study, model.Study.Spec);
        var work = spec.Work is null ? []
            : ProvenanceFacts.Of([ReportGroup.Of(new(AsGroup(study, spec.Work), []), study.Id, null, model.GeneratedAt)]);
        return
        [
            Row("Study", study.Id),
            Row("Project", spec.Project),
            Row("Folder", study.Root),
            Row("Target", study.Target),
            Row("Created", PageText.Time(study.CreatedAt)),
            Row("Ended", study.EndedAt is { } ended ? PageText.Time(ended) : null),
            Row("Git commit", study.GitCommit is { } commit ? commit + ProvenanceFacts.GitState(study.GitDirty) : null),
            Row("Git branch", study.GitBranch),
            Row(spec.HasFront ? "Objectives" : "Metric", string.Join(", ", spec.Metrics.Select(ProvenanceFacts.MetricText))),
            Row("Constraints", spec.Constraints.Count > 0
                ? string.Join(", ", spec.Constraints) : null),
            Row("Method", MethodText(spec)),
            Row("Seed", $"{spec.Seed}"),
            Row("Trials", spec.Trials is { } most ? $"{most}" : "no limit"),
            Row("In parallel", $"{spec.Parallel}"),
            Row("Runs of each trial", $"{spec.Repeat}"),
            Row("Ended early", spec.Prune is { } prune ? PruningText(prune) : "never"),
            Row("Confirmed", spec.Confirm is { } confirm
                ? $"{(spec.HasFront ? "up to" : "the best")} {confirm.Top}, {confirm.Repeat} runs each" : "no"),
            Row("Budget", StudyHeadline.BudgetText(spec.Budget)),
            Row("Start points", spec.Start.Count > 0 ? $"{spec.Start.Count}" : null),
            Row("Learned from", spec.From),
            Row("Trials were run by", spec.Work is null ? "another program (ask and tell)" : null),
            .. work.Where(fact => !OfStudy.Contains(fact.Name)),
            Row("Made on", study.Host),
            Row("Tenfold version", study.Version),
        ];

        static Fact Row(string name, string? value) => new(name, [value], false);
    }

    private static string PruningText(Pruning prune) =>
        $"{prune.Rule.ToString().ToLowerInvariant()}, "
        + $"{(prune.First is { } first ? $"first rung {first}" : "two rungs before the end")}, factor {prune.Factor}";

    /// <summary>The study as a group record, for the facts that studies and groups share.</summary>
    private static GroupRecord AsGroup(StudyRecord study, WorkSpec work) => new()
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
