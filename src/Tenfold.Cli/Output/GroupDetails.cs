using Tenfold.Core.Ledger;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>All that is known of a group before its runs start: where it comes from and what is pinned.</summary>
internal static class GroupDetails
{
    /// <summary>Writes it, a line each.</summary>
    public static void Write(TextWriter writer, GroupRecord group)
    {
        var spec = group.Spec;
        Line(writer, "group", group.Id + (group.Like is { } like ? $"   (does {like} again)" : ""));
        Line(writer, "project", $"{spec.Project}   {group.Root}");
        Line(writer, spec.Script is null ? "command" : "script", spec.Script ?? spec.Command);
        Line(writer, "parameters", HumanText.Parameters(spec));
        Line(writer, "snapshot", spec.Snapshot);
        Line(writer, "git", group.GitCommit is null ? null
            : $"{group.GitCommit}{(group.GitBranch is { } branch ? $" on {branch}" : "")}{(group.GitDirty == true ? ", with uncommitted " +
                "changes" : "")}");
        foreach (var (channel, data) in spec.Data) Line(writer, $"data {channel}", DataText(data));
        Line(writer, "environment", spec.Environment.File is { } file ? $"{file}   SHA-256 {spec.Environment.Hash?[..16]}…"
            : spec.Environment.Kind);
        Line(writer, "metric", spec.Metric is { } metric ? $"{metric.Name}, {metric.Goal.ToString().ToLowerInvariant()}" : null);
        Line(writer, "early stop", spec.EarlyStopping is { } early
            ? $"{early.Metric}, {early.Goal.ToString().ToLowerInvariant()}, patience {early.Patience}" : null);
        Line(writer, "resources", Resources(spec.Resources));
        Line(writer, "target",
            $"{group.Target}{(spec.Target is { Kind: not "local" } target ? $"   {target.Kind} {target.Place}" : "")}   made on " +
            $"{group.Host} by tenfold {group.Version}, {group.CreatedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss}");
        Line(writer, "store", spec.Store);
        Line(writer, "base seed", $"{group.BaseSeed}   {Numbers.Count(group.Repeat, "repeat")}");
    }

    /// <summary>A channel: where it is, how much, and what it is pinned by.</summary>
    public static string DataText(Core.Runs.DataSpec data) =>
        $"{data.Path}   {Reports.Text.DataText.Extent(data)}   {Reports.Text.DataText.PinnedBy(data)} {data.Hash[..16]}…";

    private static string Resources(Core.Runs.ResourceSpec needs) => string.Join(", ", new[]
    {
        needs.Cpus is { } cpus ? $"{cpus:0.##} core{(cpus == 1 ? "" : "s")}" : null,
        needs.MemoryBytes is { } memory ? Numbers.Size(memory) : null,
        needs.Gpus > 0 ? $"{needs.Gpus} GPU" : null,
        needs.MaxRuntime is { } limit ? $"at most {Numbers.Duration(limit)}" : null,
        needs.Retries switch { 0 => null, 1 => "1 retry", var many => $"{many} retries" },
    }.OfType<string>());

    private static void Line(TextWriter writer, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) writer.WriteLine($"{name,-12} {value}");
    }
}
