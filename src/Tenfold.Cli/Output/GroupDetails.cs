using Tenfold.Core.Ledger;
using Tenfold.Core.Output;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>Writes what is fixed before a group's runs start: where the group comes from and what it pins.</summary>
internal static class GroupDetails
{
    /// <summary>Writes the details, one per line.</summary>
    public static void Write(TextWriter writer, GroupRecord group)
    {
        var spec = group.Spec;
        Line(writer, "group", group.Id + (group.Like is { } like ? $"   (repeats {like})" : ""));
        Line(writer, "project", $"{spec.Project}   {group.Root}");
        Line(writer, spec.Script is null ? "command" : "script", spec.Script ?? spec.Command);
        Line(writer, "parameters", HumanText.Parameters(spec));
        Line(writer, "snapshot", spec.Snapshot);
        Line(writer, "missing", spec.Missing is { } missing ? $"{missing}" : null);
        Line(writer, "git", Git(group));
        foreach (var (channel, data) in spec.Data) Line(writer, $"data {channel}", Describe(data));
        Line(writer, "environment", Describe(spec.Environment));
        Line(writer, "variables", spec.Variables is { } variables
            ? string.Join(' ', variables.Select(variable => $"{variable.Key}={variable.Value}")) : null);
        Line(writer, "metric", spec.Metric is { } metric ? $"{metric.Name}, {metric.Goal.ToString().ToLowerInvariant()}" : null);
        Line(writer, "early stop", Describe(spec.EarlyStopping));
        Line(writer, "resources", Describe(spec.Resources));
        Line(writer, "target", Target(group));
        Line(writer, "price", HumanText.Price(spec));
        Line(writer, "store", spec.Store);
        Line(writer, "base seed", $"{group.BaseSeed}   {Repeats(group)}");
    }

    /// <summary>A data channel: where it is, how large it is, and what pins it.</summary>
    public static string Describe(DataSpec data) => $"{data.Path}   {DataText.Extent(data)}   {DataText.PinnedBy(data)} {data.Hash[..16]}…";

    private static string Repeats(GroupRecord group) => group.Spec.Variation is not { } variation
        ? Numbers.Count(group.Repeat, "repeat")
        : $"{Numbers.Count(group.Repeat / variation.BlockSize, "repeat")} of {variation.BlockSize} runs, which vary "
            + string.Join(", ", variation.Sources.Select(source =>
                source.Parameter is null ? source.Name : $"{source.Name} ({source.Parameter})"));

    private static string? Git(GroupRecord group)
    {
        if (group.GitCommit is not { } commit) return null;
        var branch = group.GitBranch is { } name ? $" on {name}" : "";
        return $"{commit}{branch}{(group.GitDirty == true ? ", with uncommitted changes" : "")}";
    }

    private static string Target(GroupRecord group)
    {
        var place = group.Spec.Target is { IsLocal: false } target ? $"   {target.Kind} {target.Place}" : "";
        var time = $"{group.CreatedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss}";
        return $"{group.Target}{place}   made on {group.Host} by tenfold {group.Version}, {time}";
    }

    private static string Describe(EnvironmentSpec environment) =>
        environment.Image is { } image ? $"image {image}"
        : environment.File is { } file ? $"{file}   SHA-256 {environment.Hash?[..16]}…" : environment.Kind;

    private static string? Describe(EarlyStoppingSpec? early) =>
        early is null ? null : $"{early.Metric}, {early.Goal.ToString().ToLowerInvariant()}, patience {early.Patience}";

    private static string Describe(ResourceSpec needs) => string.Join(", ", new[]
    {
        needs.Cpus is { } cpus ? $"{cpus:0.##} core{(cpus == 1 ? "" : "s")}" : null,
        needs.MemoryBytes is { } memory ? Numbers.Size(memory) : null,
        needs.Gpus > 0 ? $"{needs.Gpus} GPU" : null,
        needs.MaxRuntime is { } limit ? $"at most {Numbers.Duration(limit)}" : null,
        needs.Retries == 0 ? null : Retries(needs.Retries),
        needs.MaxLost == ResourceSpec.UsualLostRetries ? null : $"{Retries(needs.MaxLost)} when the machine is lost",
    }.OfType<string>());

    private static string Retries(int count) => count == 1 ? "1 retry" : $"{count} retries";

    private static void Line(TextWriter writer, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) writer.WriteLine($"{name,-12} {PlainText.Of(value)}");
    }
}
