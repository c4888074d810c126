using System.Text.Json;
using Tenfold.Cli.Output;
using Tenfold.Cli.Reports;
using Tenfold.Core.Projects;
using Tenfold.Core.Statistics;
using Tenfold.Core.Studies;

namespace Tenfold.Cli.Sweeping;

/// <summary>What a study is, for a person.</summary>
internal static class StudyDetails
{
    /// <summary>A line that says what has begun.</summary>
    public static string Headline(StudyRecord study)
    {
        var spec = study.Spec;
        var trials = spec.Trials is { } planned ? Numbers.Count(planned, "trial") : "all trials";
        return $"{spec.Project}  {study.Id}  {trials}{(spec.Repeat > 1 ? $" of {spec.Repeat} runs" : "")} by {Method(spec)}, {spec.Parallel} at once on {study.Target}";
    }

    /// <summary>Everything that is fixed before the first trial.</summary>
    public static void Write(TextWriter writer, StudyRecord study, bool isRecorded = true)
    {
        var spec = study.Spec;
        if (isRecorded) Row("study", $"{study.Id}   {study.State.ToString().ToLowerInvariant()}{(study.Reason is { } reason ? $": {reason}" : "")}");
        Row("project", $"{spec.Project}   {study.Root}");
        Row("searched by", $"{Method(spec)}, seed {spec.Seed}, {(spec.Trials is { } planned ? Numbers.Count(planned, "trial") : "every point")}, {spec.Parallel} at once{(spec.Synchronous ? ", in batches" : "")}{(spec.Repeat > 1 ? $", {spec.Repeat} runs each" : "")}");
        Row("decides", $"{spec.Metric.Name}, {(spec.Metric.Goal == MetricGoal.Maximize ? "more" : "less")} is better");
        foreach (var (name, dimension) in SpaceJson.Read(spec.Space)) Row("", $"{name}: {Dimension(dimension)}");
        if (spec.Prune is { } prune) Row("pruned by", $"{prune.Rule.ToString().ToLowerInvariant()}, {(prune.First is { } first ? $"rungs at {first}, {first * prune.Factor}, {first * prune.Factor * prune.Factor}, …" : $"rungs at 1/{prune.Factor * prune.Factor} and 1/{prune.Factor} of the first whole trial's steps")}");
        if (spec.Budget is { } budget) Row("budget", string.Join(", ", new[] { budget.Time is { } time ? Numbers.Duration(time) : null, budget.Usd is { } usd ? $"${usd:0.##}" : null }.OfType<string>()));
        if (spec.Confirm is { } confirm) Row("confirmed by", $"the best {confirm.Top}, {confirm.Repeat} runs each with fresh seeds");
        if (spec.From is { } from) Row("learns from", $"{from}: {Numbers.Count(spec.Earlier.Count, "trial")}");
        if (spec.Work is { } work) Row("runs", $"{work.Script ?? work.Command} on {study.Target}   snapshot {work.Snapshot[..12]}{(study.GitCommit is { } commit ? $"   commit {commit[..Math.Min(10, commit.Length)]}{(study.GitDirty == true ? " (with uncommitted changes)" : "")}" : "")}");
        if (isRecorded) Row("made", $"{study.CreatedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss} on {study.Host} by tenfold {study.Version}");

        void Row(string name, string text) => writer.WriteLine($"{name,-12} {text}".TrimEnd());
    }

    private static string Method(StudySpec spec) => spec.Method.ToString().ToLowerInvariant();

    private static string Dimension(SearchDimension dimension)
    {
        var what = dimension switch
        {
            FixedDimension only => only.Value.Text,
            RangeDimension range => $"{Numbers.Format(range.Min)} to {Numbers.Format(range.Max)}{(range.Whole ? ", whole" : "")}{(range.Scale == RangeScale.Log ? ", log" : "")}{(range.Step is { } step ? $" by {Numbers.Format(step)}" : "")}",
            ChoiceDimension choice => string.Join(choice.Ordered ? " < " : ", ", choice.Values.Select(value => value.Text)),
            _ => throw new JsonException("a dimension of no known kind"),
        };
        return dimension.When.Count == 0 ? what : $"{what}   when {string.Join(" and ", dimension.When.Select(when => $"{when.Key} is {string.Join(" or ", when.Value.Select(value => value.Text))}"))}";
    }
}
