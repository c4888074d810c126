using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Groups;

namespace Tenfold.Reports.Tests;

/// <summary>
/// Groups as a ledger returns them. They come from a seeded generator without a clock, so they are equal on all machines.
/// </summary>
internal static class Fixture
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 9, 30, 0, TimeSpan.Zero);

    public static DateTimeOffset Now { get; } = Start.AddHours(2);

    private const string Failure =
        "exit code 3: ValueError: loss is NaN at epoch 12; last lines of standard error:\n  File \"train.py\", line 88";

    private const string LongParameters =
        """
        {"learning_rate":0.05,"hidden":16,"epochs":40,"dropout":0.5,
        "note":"a tempting tweak with a rather long description that nobody can read in a label"}
        """;

    private const string Parameters = """{"learning_rate":0.05,"hidden":16,"epochs":40}""";

    public static GroupRecord Group(string id, string parameters = Parameters, int repeat = 10) => new()
    {
        Id = id,
        Root = "/home/ada/digits",
        Target = "local",
        CreatedAt = Start,
        Host = "ada-laptop",
        Version = "0.1.0",
        BaseSeed = 42,
        Repeat = repeat,
        GitCommit = "5d4b54e0c1f2a3948576b1a2c3d4e5f60718293a",
        GitBranch = "main",
        GitDirty = false,
        Spec = new()
        {
            Project = "digits",
            Snapshot = new string('a', 64),
            Script = "train.cs",
            Environment = new("system"),
            Parameters = JsonDocument.Parse(parameters).RootElement,
            Data = new Dictionary<string, DataSpec> { ["train"] = new("/home/ada/digits/data/digits.csv", new string('d', 64), 265_312) },
            Metric = new("accuracy", MetricGoal.Maximize),
            Resources = new() { Cpus = 2, MemoryBytes = 4_000_000_000, MaxRuntime = TimeSpan.FromHours(2), Retries = 2 },
        },
    };

    public static RunWithMetrics Run(string group, int repeat, params IReadOnlyList<MetricSummary> metrics) => new(
        new()
        {
            Id = RunNames.Run(group, repeat),
            Group = group,
            Repeat = repeat,
            Seed = SeedSequence.Derive(42, repeat),
            State = RunState.Succeeded,
            CreatedAt = Start,
            StartedAt = Start.AddSeconds(repeat),
            EndedAt = Start.AddSeconds(repeat + 8 + repeat * 37 % 11 * 0.31),
            Attempts = 1,
        },
        metrics);

    public static MetricSummary Metric(string name, params IReadOnlyList<double> values) =>
        Metric(name, [.. values.Select((value, i) => new MetricPoint(i, value))]);

    public static MetricSummary Metric(string name, IReadOnlyList<MetricPoint> points) => new()
    {
        Name = name,
        Count = points.Count,
        NonFinite = points.Count(point => !double.IsFinite(point.Value)),
        First = points[0].Value,
        Last = points[^1].Value,
        Min = points.Select(point => point.Value).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min(),
        Max = points.Select(point => point.Value).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max(),
        LastStep = points[^1].Step,
        Series = points,
    };

    /// <summary>A group of runs with one value each; null for a run that never reported the metric.</summary>
    public static GroupRuns OfValues(string id, params IReadOnlyList<double?> values) =>
        new(Group(id, repeat: values.Count),
            [.. values.Select((value, i) => Run(id, i + 1, value is { } some ? [Metric("accuracy", some)] : []))]);

    /// <summary>A group with curves that look like training: accuracy rises, loss falls, the learning rate is equal for all.</summary>
    public static GroupRuns Training(string id, string parameters, int repeat = 10, double level = 0.955, int epochs = 40)
    {
        var random = new Random(level.GetHashCode());
        var runs = new List<RunWithMetrics>();
        for (var i = 1; i <= repeat; i++)
        {
            // The seed shifts all groups equally; the rest is the noise of the run.
            var shared = (new Random(i).NextDouble() - 0.5) * 0.03;
            var end = level + shared + (random.NextDouble() - 0.5) * 0.01;
            var (accuracy, loss, rate) = (new double[epochs], new double[epochs], new double[epochs]);
            for (var e = 0; e < epochs; e++)
            {
                var done = 1 - Math.Exp(-(e + 1) / 6.0);
                accuracy[e] = e == epochs - 1 ? end : 0.1 + (end - 0.1) * done + (random.NextDouble() - 0.5) * 0.02;
                loss[e] = 2.3 * Math.Exp(-(e + 1) / 5.0) * (1 + (random.NextDouble() - 0.5) * 0.3) + 2 * (1 - end) * (1 + shared);
                rate[e] = 0.05 * Math.Pow(0.8, e);
            }

            runs.Add(Run(id, i,
                Metric("accuracy", accuracy), Metric("loss", loss), Metric("learning_rate", rate), Metric("parameters", 1234)));
        }

        return new(Group(id, parameters, repeat), runs);
    }

    /// <summary>The group with a change to one of its runs, and to the metrics of that run.</summary>
    public static GroupRuns With(
        this GroupRuns group,
        int repeat,
        Func<RunRecord, RunRecord> change,
        Func<IReadOnlyList<MetricSummary>, IReadOnlyList<MetricSummary>>? metrics = null)
    {
        return group with { Runs = [.. group.Runs.Select(run => run.Run.Repeat == repeat ? Changed(run) : run)] };

        RunWithMetrics Changed(RunWithMetrics run) => new(change(run.Run), metrics?.Invoke(run.Metrics) ?? run.Metrics);
    }

    public static ReportModel Model(params IReadOnlyList<GroupRuns> groups) =>
        ReportModel.From(groups, new("accuracy", MetricGoal.Maximize), Now);

    /// <summary>A group's repeats as the input of a comparison.</summary>
    public static IReadOnlyList<SeedValue> SeedValues(ReportGroup group) =>
        [.. group.Runs.Select(run => new SeedValue(run.Record.Seed, run.Value))];

    public static ReportModel One() => Model(Training("k7m2xqab", """{"learning_rate":0.05,"hidden":16,"epochs":40}"""));

    public static ReportModel Two() => Model(
        Training("k7m2xqab", """{"learning_rate":0.05,"hidden":16,"epochs":40}"""),
        Training("p3n8wzcd", """{"learning_rate":0.05,"hidden":64,"epochs":40}""", level: 0.964));

    public static ReportModel Four()
    {
        var broken = Training("q9s4vtef", """{"learning_rate":0.5,"hidden":16,"epochs":40}""", level: 0.93)
            .With(3, run => run with { State = RunState.Failed, Attempts = 3, Reason = new Reason.Note(Failure) }, Cut)
            .With(6, run => run, Diverged)
            .With(7, run => run with { State = RunState.Cancelled, Reason = new Reason.Note("cancelled by ada") }, Cut)
            .With(9, run => run with { Attempts = 2 });
        var running = Training("t5r6yhgk", LongParameters, level: 0.9555)
            .With(9, run => run with { State = RunState.Running, StartedAt = Now.AddSeconds(-5), EndedAt = null }, Cut)
            .With(10, run => run with { State = RunState.Queued, StartedAt = null, EndedAt = null }, _ => []);
        var otherCode = running.Group.Spec with { Snapshot = new string('b', 64) };
        running = running with { Group = running.Group with { GitDirty = true, Spec = otherCode } };
        return Model(
            Training("k7m2xqab", """{"learning_rate":0.05,"hidden":16,"epochs":40}"""),
            Training("p3n8wzcd", """{"learning_rate":0.05,"hidden":64,"epochs":40}""", level: 0.964), broken, running);

        static IReadOnlyList<MetricSummary> Cut(IReadOnlyList<MetricSummary> metrics) =>
            [.. metrics.Where(one => one.Count > 1).Select(one => Metric(one.Name, [.. one.Series.Take(13)]))];

        static IReadOnlyList<MetricSummary> Diverged(IReadOnlyList<MetricSummary> metrics) =>
            [.. metrics.Select(one => one.Count == 1 ? one : Metric(one.Name, [.. one.Series.Select(NaNLate)]))];

        static MetricPoint NaNLate(MetricPoint point) => point.Step > 20 ? point with { Value = double.NaN } : point;
    }
}
