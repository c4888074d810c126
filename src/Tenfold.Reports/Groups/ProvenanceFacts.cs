using System.Globalization;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>What a group was made from, and where: all that is needed to do it again.</summary>
public static class ProvenanceFacts
{
    /// <summary>The facts of groups side by side; those that no group has are left out.</summary>
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
            Row("Created", record => Time(record.CreatedAt)),
            Row("Does again", record => record.Like),
            Row("Command", record => record.Spec.Command),
            Row("Script", record => record.Spec.Script),
            Row("Snapshot", record => record.Spec.Snapshot),
            Row("Git commit", record => record.GitCommit is null ? null : record.GitCommit + record.GitDirty switch { true => " (dirty: files differed)", false => " (clean)", null => "" }),
            Row("Git branch", record => record.GitBranch),
            .. channels.Select(channel => Row($"Data: {channel}", record => record.Spec.Data.TryGetValue(channel, out var data) ? Data(data) : null)),
            Row("Environment", record => EnvironmentText(record.Spec.Environment)),
            Row("Metric", record => record.Spec.Metric is { } metric ? $"{metric.Name}, {metric.Goal.ToString().ToLowerInvariant()}" : null),
            Row("Early stopping", record => record.Spec.EarlyStopping is { } early ? $"{early.Metric}, after {early.Patience} evaluations without improvement by more than {Numbers.Format(early.MinDelta)}" : null),
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
            // Names and times always differ; marking them would hide what matters.
            return new(name, values, name is not ("Group" or "Created") && values.Distinct().Count() > 1);
        }
    }

    /// <summary>A time, in UTC: <c>2026-11-22 03:08:00 UTC</c>.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    private static string Data(DataSpec data) => $"{data.Path} · {DataText.Extent(data)} · {DataText.PinnedBy(data)} {data.Hash}";

    private static string EnvironmentText(EnvironmentSpec environment) =>
        string.Join(" · ", new[] { environment.Kind, environment.File, environment.Hash is null ? null : $"SHA-256 {environment.Hash}" }.Where(part => part is not null));

    private static string ResourceText(ResourceSpec resources) => string.Join(", ", new[]
    {
        $"{Numbers.Format(resources.Cpus ?? 1)} {(resources.Cpus is null or 1 ? "core" : "cores")}",
        resources.MemoryBytes is { } memory ? $"{Numbers.Size(memory)} of memory" : null,
        resources.Gpus > 0 ? $"{resources.Gpus} GPU" : null,
        resources.MaxRuntime is { } longest ? $"at most {Numbers.Duration(longest)}" : null,
        resources.Retries > 0 ? $"{resources.Retries} retries" : null,
    }.Where(part => part is not null));
}
