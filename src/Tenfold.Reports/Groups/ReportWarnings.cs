using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>What a reader must know of the runs before believing a report. What a comparison itself notes is not said again.</summary>
public static class ReportWarnings
{
    private const int FewRepeats = 5;

    /// <summary>The warnings of a report on groups, most important first.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<ReportGroup> groups, string? metric)
    {
        if (metric is null) yield return "The project names no metric that decides (train.metric), so no values are compared.";
        var runs = groups.SelectMany(group => group.Runs).ToArray();
        var unfinished = runs.Count(run => !run.Record.State.IsFinal());
        if (unfinished > 0) yield return $"{Numbers.Count(unfinished, "run")} had not ended when this report was made: it shows what there was.";
        var (failed, cancelled) = (runs.Count(run => run.Record.State == RunState.Failed), runs.Count(run => run.Record.State == RunState.Cancelled));
        if (failed > 0) yield return $"{failed} of {Numbers.Count(runs.Length, "run")} failed. If bad runs fail more often, the rest flatter.";
        if (cancelled > 0) yield return $"{cancelled} of {Numbers.Count(runs.Length, "run")} cancelled. If they were cancelled for what they showed, the rest flatter.";
        foreach (var warning in OfValues(groups, metric)) yield return warning;
        foreach (var warning in OfSources(groups)) yield return warning;
    }

    private static IEnumerable<string> OfValues(IReadOnlyList<ReportGroup> groups, string? metric)
    {
        if (metric is null) yield break;
        foreach (var group in groups)
        {
            var ended = group.Runs.Where(run => run.Record.State == RunState.Succeeded).ToArray();
            var without = ended.Count(run => run.Last is null);
            var notFinite = ended.Count(run => run.Last is { } last && !double.IsFinite(last));
            if (without > 0) yield return $"{group.Label}: {Numbers.Count(without, "run")} succeeded but never gave {metric}. Does the script print it?";
            if (notFinite > 0) yield return $"{group.Label}: {metric} ended as NaN or infinite in {Numbers.Count(notFinite, "run")}. Training diverged there; that is a finding, not noise.";
            if (groups.Count > 1) continue;
            if (group.Summary is { N: 1 }) yield return "One run says nothing of spread: another seed may score quite differently. Repeat it, best ten times (--repeat 10).";
            else if (group.Summary is { N: < FewRepeats } few) yield return $"Only {few.N} runs count: with fewer than {FewRepeats} the interval leans on values being normal.";
            if (group.Summary is { N: > 1 } same && same.Min == same.Max) yield return "Every repeat gave the same value: does the script use its seed?";
        }
    }

    private static IEnumerable<string> OfSources(IReadOnlyList<ReportGroup> groups)
    {
        var dirty = groups.Where(group => group.Group.GitDirty == true).Select(group => group.Label).ToArray();
        if (dirty.Length > 0) yield return $"Files differed from the commit in {string.Join("; ", dirty)}. The snapshot has them as they were; the commit alone does not.";
        if (groups.Count == 1) yield break;

        var baseline = groups[0].Group.Spec;
        foreach (var group in groups.Skip(1))
        {
            var spec = group.Group.Spec;
            string[] parts =
            [
                .. Differ("code or files (snapshot)", spec.Snapshot, baseline.Snapshot),
                .. Differ("data", DataOf(spec), DataOf(baseline)),
                .. Differ("environment", spec.Environment.ToString(), baseline.Environment.ToString()),
                .. Differ("command", spec.Command ?? spec.Script, baseline.Command ?? baseline.Script),
                .. Differ("metric", spec.Metric?.ToString(), baseline.Metric?.ToString()),
                .. Differ("project", spec.Project, baseline.Project),
            ];
            if (parts.Length > 0)
                yield return $"{group.Label} differs from the baseline not only by seed and parameters, but in {string.Join(", ", parts)}: a difference may come from there.";
        }
    }

    private static IEnumerable<string> Differ(string what, string? one, string? other) => one == other ? [] : [what];

    private static string DataOf(WorkSpec spec) =>
        string.Join('\n', spec.Data.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}={one.Value.Hash}"));
}
