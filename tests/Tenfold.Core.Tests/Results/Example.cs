using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Results;

/// <summary>Groups of runs with one value each.</summary>
internal static class Example
{
    public static MetricSpec Accuracy { get; } = new("accuracy", MetricGoal.Maximize);

    public static GroupRecord Group(string id, MetricSpec? metric = null) => new()
    {
        Id = id,
        Root = "/home/ada/digits",
        Target = "local",
        CreatedAt = new DateTimeOffset(2026, 11, 22, 9, 30, 0, TimeSpan.Zero),
        Host = "ada-laptop",
        Version = "0.1.0",
        BaseSeed = 42,
        Repeat = 10,
        Spec = new()
        {
            Project = "digits",
            Snapshot = new string('a', 64),
            Script = "train.py",
            Environment = new("system"),
            Parameters = JsonDocument.Parse("{}").RootElement,
            Metric = metric,
        },
    };

    /// <summary>A run for each value, all succeeded; null for a run that never reported accuracy.</summary>
    public static GroupRuns Runs(GroupRecord group, params IReadOnlyList<double?> values) =>
        new(group, [.. values.Select((value, i) => Run(group, i + 1, value))]);

    public static RunWithMetrics Run(GroupRecord group, int repeat, double? value, RunState state = RunState.Succeeded) => new(
        RunRecord.New(group, repeat, seed: repeat) with { State = state },
        [Metric("loss", 0.5), .. value is { } some ? [Metric("accuracy", some)] : Array.Empty<MetricSummary>()]);

    private static MetricSummary Metric(string name, double value) =>
        new() { Name = name, Count = 1, First = value, Last = value, Min = value, Max = value };
}
