using System.Globalization;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>The provenance of groups: everything that is needed to run them again.</summary>
internal static class ProvenanceFacts
{
    /// <summary>The facts of groups side by side, without those that no group has.</summary>
    public static IEnumerable<Fact> Of(IReadOnlyList<ReportGroup> groups)
    {
        GroupRecord[] records = [.. groups.Select(group => group.Group)];
        var channels = records.SelectMany(record => record.Spec.Data.Keys).Distinct();
        IEnumerable<Fact> facts =
        [
            Row("Group", record => record.Id),
            Row("Project", record => record.Spec.Project),
            Row("Folder", record => record.Root),
            Row("Target", record => record.Target),
            Row("Created", record => PageText.Time(record.CreatedAt)),
            Row("Reruns", record => record.Like),
            Row("Command", record => record.Spec.Command),
            Row("Script", record => record.Spec.Script),
            Row("Snapshot", record => record.Spec.Snapshot),
            Row("Git commit", record => record.GitCommit is { } commit ? commit + GitState(record.GitDirty) : null),
            Row("Git branch", record => record.GitBranch),
            .. channels.Select(channel => Row($"Data: {channel}",
                record => record.Spec.Data.TryGetValue(channel, out var data) ? Data(data) : null)),
            Row("Environment", record => EnvironmentText(record.Spec.Environment)),
            Row("Variables", record => record.Spec.Variables is { } variables
                ? string.Join(", ", variables.Select(variable => $"{variable.Key}={variable.Value}")) : null),
            Row("Metric", record => record.Spec.Metric is { } metric ? MetricText(metric) : null),
            Row("Early stopping", record => record.Spec.EarlyStopping is { } early ? EarlyStoppingText(early) : null),
            Row("Resources", record => ResourceText(record.Spec.Resources)),
            Row("Secrets (names)", record => record.Spec.Secrets.Count == 0 ? null : string.Join(", ", record.Spec.Secrets)),
            Row("Base seed", record => record.BaseSeed.ToString(CultureInfo.InvariantCulture)),
            Row("Repeats", record => record.Repeat.ToString(CultureInfo.InvariantCulture)),
            Row("Made on", record => record.Host),
            Row("Tenfold version", record => record.Version),
        ];
        return facts.Where(fact => fact.Values.Any(value => value is not null));

        Fact Row(string name, Func<GroupRecord, string?> value)
        {
            string?[] values = [.. records.Select(value)];
            // Ids and times always differ. Marking them would hide the differences that matter.
            return new(name, values, name is not ("Group" or "Created") && values.Distinct().Count() > 1);
        }
    }

    /// <summary>Whether files differed from the commit, in parentheses; empty when it is unknown.</summary>
    public static string GitState(bool? isDirty) => isDirty switch { true => " (dirty: files differed)", false => " (clean)", null => "" };

    /// <summary>A metric with its goal, such as <c>accuracy, maximize</c>.</summary>
    public static string MetricText(MetricSpec metric) => $"{metric.Name}, {metric.Goal.ToString().ToLowerInvariant()}";

    private static string EarlyStoppingText(EarlyStoppingSpec early) =>
        $"{early.Metric}, after {early.Patience} evaluations without improvement by more than {Numbers.Format(early.MinDelta)}";

    private static string Data(DataSpec data) => $"{data.Path} · {DataText.Extent(data)} · {DataText.PinnedBy(data)} {data.Hash}";

    private static string EnvironmentText(EnvironmentSpec environment) =>
        string.Join(" · ", new[]
        {
            environment.Kind,
            environment.File,
            environment.Hash is { } hash ? $"SHA-256 {hash}" : null,
        }.OfType<string>());

    private static string ResourceText(ResourceSpec resources) => string.Join(", ", new[]
    {
        $"{Numbers.Format(resources.Cpus ?? 1)} {(resources.Cpus is null or 1 ? "core" : "cores")}",
        resources.MemoryBytes is { } memory ? $"{Numbers.Size(memory)} of memory" : null,
        resources.Gpus > 0 ? $"{resources.Gpus} GPU" : null,
        resources.MaxRuntime is { } longest ? $"at most {Numbers.Duration(longest)}" : null,
        resources.Retries > 0 ? $"{resources.Retries} retries" : null,
    }.Where(part => part is not null));
}
