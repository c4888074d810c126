using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

// The shapes of --json, one record each; docs/json.md describes every field. They are a promise: a field may be added, never changed.
#pragma warning disable MA0048

internal sealed record RunView(
    string Id, string Group, int Repeat, long Seed, string State, string? Reason, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
    double? DurationSeconds, int Attempts, string? Project, string? Target, string? Metric, double? Value, IReadOnlyList<MetricView>? Metrics)
{
    public static RunView Of(RunListing row) =>
        Of(row.Run, row.Project, row.Target, row.Metric, row.Value, null);

    public static RunView Of(RunWithMetrics run, GroupRecord group) => Of(
        run.Run, group.Spec.Project, group.Target, group.Spec.Metric?.Name,
        run.Metrics.FirstOrDefault(metric => metric.Name == group.Spec.Metric?.Name)?.Last, [.. run.Metrics.Select(MetricView.Of)]);

    private static RunView Of(RunRecord run, string project, string target, string? metric, double? value, IReadOnlyList<MetricView>? metrics) => new(
        run.Id, run.Group, run.Repeat, run.Seed, run.State.ToString().ToLowerInvariant(), run.Reason, run.CreatedAt, run.StartedAt, run.EndedAt,
        (run.EndedAt - run.StartedAt) is { } took ? Math.Max(0, took.TotalSeconds) : null, run.Attempts, project, target, metric, value, metrics);
}

internal sealed record MetricView(string Name, long Count, long NonFinite, double First, double Last, long LastStep, double Min, double Max)
{
    public static MetricView Of(MetricSummary metric) =>
        new(metric.Name, metric.Count, metric.NonFinite, metric.First, metric.Last, metric.LastStep, metric.Min, metric.Max);
}

internal sealed record GroupView(
    string Id, string Project, string Target, string Root, DateTimeOffset CreatedAt, string Host, string Version, long BaseSeed, int Repeat, string? Like,
    string? GitCommit, string? GitBranch, bool? GitDirty, string Snapshot, string? Command, string? Script, EnvironmentSpec Environment,
    JsonElement Parameters, IReadOnlyDictionary<string, DataSpec> Data, string? Metric, string? Goal)
{
    public static GroupView Of(GroupRecord group) => new(
        group.Id, group.Spec.Project, group.Target, group.Root, group.CreatedAt, group.Host, group.Version, group.BaseSeed, group.Repeat, group.Like,
        group.GitCommit, group.GitBranch, group.GitDirty, group.Spec.Snapshot, group.Spec.Command, group.Spec.Script, group.Spec.Environment,
        group.Spec.Parameters, group.Spec.Data, group.Spec.Metric?.Name, group.Spec.Metric?.Goal.ToString().ToLowerInvariant());
}

internal sealed record StatisticsView(
    string Metric, string Goal, int N, double? Mean, double? StandardDeviation, double? Confidence, double? Low, double? High, double? Median, double? Min,
    double? Max, IReadOnlyList<SeedView> Values, IReadOnlyList<string> Notes, IReadOnlyList<string> NoteCodes)
{
    public static StatisticsView Of(GroupStatistics group)
    {
        var summary = group.Summary;
        return new StatisticsView(
            group.Metric.Name, group.Metric.Goal.ToString().ToLowerInvariant(), summary?.N ?? 0, summary?.Mean, summary?.StandardDeviation, summary?.Confidence,
            summary?.Interval?.Low, summary?.Interval?.High, summary?.Median, summary?.Min, summary?.Max,
            [.. group.Values.Select(value => new SeedView(value.Seed, value.Value))],
            [.. group.Notes.Select(NoteText.Sentence)], [.. group.Notes.Select(note => note.Code)]);
    }
}

internal sealed record SeedView(long Seed, double? Value);

internal sealed record GroupResultView(GroupView Group, IReadOnlyList<RunView> Runs, StatisticsView? Statistics)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Submission { get; init; }
}

internal sealed record RunResultView(
    GroupView Group, RunView Run, IReadOnlyList<AttemptView> Attempts, IReadOnlyList<EventView> Events, IReadOnlyList<FileView> Files);

internal sealed record AttemptView(
    string Id, int Number, string State, string? Reason, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, int? ExitCode, int? Signal, string? Host,
    long? PeakMemoryBytes, double? CpuSeconds)
{
    public static AttemptView Of(AttemptRecord attempt) => new(
        attempt.Id, attempt.Number, attempt.State.ToString().ToLowerInvariant(), attempt.Reason, attempt.StartedAt, attempt.EndedAt, attempt.ExitCode, attempt.Signal,
        attempt.Host, attempt.PeakMemoryBytes, attempt.CpuTime?.TotalSeconds);
}

internal sealed record EventView(DateTimeOffset At, string Subject, string Kind, string? Detail);

internal sealed record FileView(string Path, long SizeBytes, string Sha256);

internal sealed record ComparisonView(
    string Baseline, string Candidate, string Metric, string Goal, string Verdict, string? Method, int Pairs, double? Difference, double? Low, double? High,
    double Alpha, double Level, double? PValue, double? AdjustedPValue, double? PermutationPValue, bool PermutationIsExact, double? TStatistic,
    double? DegreesOfFreedom, double? SmallestDetectable, int? MoreRepeats, IReadOnlyList<string> Notes, IReadOnlyList<string> NoteCodes);

internal sealed record CompareView(IReadOnlyList<GroupResultView> Groups, IReadOnlyList<ComparisonView> Comparisons);

internal sealed record LogView(DateTimeOffset At, string Source, string Text);

internal sealed record TargetView(string Name, string Kind, string State, double? Cores, bool LiveLogs, bool Stop, bool Resume, bool Gpus, string? Note);

internal sealed record CheckView(string What, string State, string? Detail, string? Mend);

internal sealed record FetchView(string Attempt, IReadOnlyList<string> Fetched, IReadOnlyList<string> Kept);

internal sealed record GarbageView(string Kind, string Where, string Name, long? SizeBytes, string Why, bool Removed, string? Fault);

internal sealed record LedgerView(
    string Kind, string Place, int Version, int NewestVersion, string? Id, long? Studies, long? Groups, long? Runs, long? Live, long? Attempts, long? Events);

internal sealed record ImportView(string From, string Into, int Studies, int Groups, int Runs, int Live, int Attempts, int Present);

internal sealed record ChangedView(IReadOnlyList<string> Runs);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(IReadOnlyList<RunView>))]
[JsonSerializable(typeof(IReadOnlyList<GroupResultView>))]
[JsonSerializable(typeof(RunResultView))]
[JsonSerializable(typeof(CompareView))]
[JsonSerializable(typeof(IReadOnlyList<TargetView>))]
[JsonSerializable(typeof(IReadOnlyList<CheckView>))]
[JsonSerializable(typeof(FetchView))]
[JsonSerializable(typeof(IReadOnlyList<GarbageView>))]
[JsonSerializable(typeof(LedgerView))]
[JsonSerializable(typeof(ImportView))]
[JsonSerializable(typeof(ChangedView))]
[JsonSerializable(typeof(StudyView))]
[JsonSerializable(typeof(IReadOnlyList<StudyView>))]
[JsonSerializable(typeof(StudyResultView))]
[JsonSerializable(typeof(TrialView))]
[JsonSerializable(typeof(BestView))]
[JsonSerializable(typeof(ToldView))]
internal sealed partial class ViewJson : JsonSerializerContext;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LogView))]
internal sealed partial class LineJson : JsonSerializerContext;
