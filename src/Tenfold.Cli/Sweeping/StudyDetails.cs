using System.Text.Json;
using Tenfold.Cli.Output;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Reports.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Sweeping;

/// <summary>Writes the settings of studies.</summary>
internal static class StudyDetails
{
    /// <summary>One line that says which study has begun.</summary>
    public static string Headline(StudyRecord study)
    {
        var spec = study.Spec;
        var trials = spec.Trials is { } planned ? Numbers.Count(planned, "trial") : "all trials";
        var repeats = spec.Repeat > 1 ? $" of {spec.Repeat} runs" : "";
        return $"{spec.Project}  {study.Id}  {trials}{repeats} by {Method(spec)}, {spec.Parallel} at once on {study.Target}";
    }

    /// <summary>Writes everything that is fixed before the first trial.</summary>
    public static void Write(TextWriter writer, StudyRecord study, bool isRecorded = true)
    {
        var spec = study.Spec;
        if (isRecorded)
            Row("study", $"{study.Id}   {study.State.ToString().ToLowerInvariant()}{(study.Reason is { } reason ? $": {reason}" : "")}");
        Row("project", $"{spec.Project}   {study.Root}");
        Row("searched by", Search(spec));
        if (spec.HasFront) Row("objectives", FrontText.Objectives(spec));
        else Row("decides", $"{spec.Metric.Name}, {(spec.Metric.Goal == MetricGoal.Maximize ? "more" : "less")} is better");
        foreach (var (name, dimension) in SpaceJson.Read(spec.Space)) Row("", $"{name}: {Dimension(dimension)}");
        foreach (var combination in SpaceJson.ReadForbidden(spec.Forbidden)) Row("forbidden", Conditions(combination));
        foreach (var limit in spec.Constraints) Row("constraint", $"{limit}");
        if (spec.Prune is { } prune) Row("pruned by", $"{prune.Rule.ToString().ToLowerInvariant()}, {Rungs(prune)}");
        if (spec.Budget is { } budget) Row("budget", StudyHeadline.BudgetText(budget)!);
        if (spec.Confirm is { } confirm) Row("confirmed by", Confirmed(spec, confirm));
        if (spec.From is { } from) Row("learns from", $"{from}: {Numbers.Count(spec.Earlier.Count, "trial")}");
        if (spec.Work is { } work)
            Row("runs", $"{work.Script ?? work.Command} on {study.Target}   snapshot {work.Snapshot[..12]}{Commit(study)}");
        foreach (var (channel, data) in spec.Work?.Data ?? new Dictionary<string, DataSpec>())
            Row($"data {channel}", GroupDetails.Describe(data));
        if (isRecorded) Row("made", $"{study.CreatedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss} on {study.Host} by tenfold {study.Version}");

        void Row(string name, string text) => writer.WriteLine($"{name,-12} {text}".TrimEnd());
    }

    private static string Search(StudySpec spec)
    {
        var trials = spec.Trials is { } planned ? Numbers.Count(planned, "trial") : "every point";
        List<string> parts = [Method(spec), $"seed {spec.Seed}", trials, $"{spec.Parallel} at once"];
        if (spec.Synchronous) parts.Add("in batches");
        if (spec.CostAware) parts.Add("cost-aware");
        if (spec.Repeat > 1) parts.Add($"{spec.Repeat} runs each");
        if (spec.Priority is { } priority) parts.Add($"{priority.ToString().ToLowerInvariant()} priority");
        return string.Join(", ", parts);
    }

    private static string Confirmed(StudySpec spec, Confirmation confirm)
    {
        if (spec.HasFront) return $"{Numbers.Count(confirm.Top, "point")} of the front, {confirm.Repeat} runs each with fresh seeds";
        var chosen = $"the best {confirm.Top}, {confirm.Repeat} runs each with fresh seeds";
        var baseline = ConfirmationPlan.HasBaseline(spec) ? " and the baseline settings" : "";
        if (!ConfirmationPlan.IsMeasured(spec)) return chosen;
        return confirm.Top == 1 ? $"the best{baseline}, {confirm.Repeat} runs each with fresh seeds"
            : $"{chosen}; then the winner{baseline}, {confirm.Repeat} more";
    }

    private static string Rungs(Pruning prune)
    {
        var factor = prune.Factor;
        return prune.First is { } first
            ? $"rungs at {first}, {first * factor}, {first * factor * factor}, …"
            : $"rungs at 1/{factor * factor} and 1/{factor} of the steps of the first completed trial";
    }

    private static string Commit(StudyRecord study)
    {
        if (study.GitCommit is not { } commit) return "";
        return $"   commit {commit[..Math.Min(10, commit.Length)]}{(study.GitDirty == true ? " (with uncommitted changes)" : "")}";
    }

    private static string Method(StudySpec spec) => spec.Method.ToString().ToLowerInvariant();

    private static string Dimension(SearchDimension dimension)
    {
        var values = dimension switch
        {
            FixedDimension single => single.Value.Text,
            RangeDimension range => Range(range),
            ChoiceDimension choice => string.Join(choice.Ordered ? " < " : ", ", choice.Values.Select(value => value.Text)),
            _ => throw new JsonException("a dimension of an unknown kind"),
        };
        return dimension.When.Count == 0 ? values : $"{values}   when {Conditions(dimension.When)}";
    }

    private static string Conditions(IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>> conditions) => string.Join(
        " and ", conditions.Select(one => $"{one.Key} is {string.Join(" or ", one.Value.Select(value => value.Text))}"));

    private static string Range(RangeDimension range)
    {
        var whole = range.Whole ? ", whole" : "";
        var scale = range.Scale == RangeScale.Log ? ", log" : "";
        var step = range.Step is { } size ? $" by {Numbers.Format(size)}" : "";
        return $"{Numbers.Format(range.Min)} to {Numbers.Format(range.Max)}{whole}{scale}{step}";
    }
}
