using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Sql;

namespace Tenfold.Bench;

/// <summary>Fills a ledger with groups whose runs have all ended, with the calls that a controller makes.</summary>
internal static class LedgerFiller
{
    private const int Points = 60;

    public static async Task RunAsync(string file, int groups, int runs)
    {
        var ledger = new SqlLedger(new SqliteDatabase(file));
        var start = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < groups; i++)
        {
            var group = Group(start.AddMinutes(i * 10), runs);
            var repeats = Enumerable.Range(1, runs).ToList();
            await ledger.AddGroupAsync(group, [.. repeats.Select(repeat => Run(group, repeat))], CancellationToken.None);
            foreach (var state in new[] { AttemptState.Queued, AttemptState.Running, AttemptState.Succeeded })
                await ledger.ApplyAsync([.. repeats.Select(repeat => Change(group, repeat, state))], null, CancellationToken.None);
        }
    }

    internal static GroupRecord Group(DateTimeOffset at, int runs) => new()
    {
        Id = RunNames.NewGroup(),
        Root = "/home/user/digits",
        Target = "local",
        CreatedAt = at,
        Host = "bench",
        Version = "0.1.0",
        BaseSeed = 0,
        Repeat = runs,
        GitCommit = "0123456789abcdef0123456789abcdef01234567",
        GitBranch = "main",
        GitDirty = false,
        Spec = new WorkSpec
        {
            Project = "digits",
            Snapshot = new string('a', 64),
            Command = "python train.py --lr {learning_rate} --seed {seed}",
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonDocument.Parse("""{"learning_rate":0.01,"epochs":60,"hidden":32}""").RootElement,
            Metric = new MetricSpec("accuracy", MetricGoal.Maximize),
            Shell = new Dictionary<string, string>
            {
                ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
                ["HOME"] = "/home/user",
                ["LANG"] = "C.UTF-8",
            },
        },
    };

    private static RunRecord Run(GroupRecord group, int repeat) => new()
    {
        Id = RunNames.Run(group.Id, repeat),
        Group = group.Id,
        Repeat = repeat,
        Seed = SeedSequence.Derive(group.BaseSeed, repeat),
        State = RunState.Queued,
        CreatedAt = group.CreatedAt,
        Attempts = 1,
    };

    private static AttemptChange Change(GroupRecord group, int repeat, AttemptState state)
    {
        var started = group.CreatedAt.AddSeconds(repeat);
        var ended = state.IsFinal() ? started.AddSeconds(30) : (DateTimeOffset?)null;
        return new AttemptChange
        {
            Attempt = RunNames.Attempt(RunNames.Run(group.Id, repeat), 1),
            At = ended ?? started,
            State = state,
            StartedAt = state == AttemptState.Queued ? null : started,
            EndedAt = ended,
            ExitCode = ended is null ? null : 0,
            Host = "bench",
            PeakMemoryBytes = ended is null ? null : 100 << 20,
            CpuTime = ended is null ? null : TimeSpan.FromSeconds(29),
            Metrics = ended is null ? null : [Metric("accuracy", repeat, rising: true), Metric("loss", repeat, rising: false)],
        };
    }

    private static MetricSummary Metric(string name, int repeat, bool rising)
    {
        var series = Enumerable.Range(0, Points).Select(step => new MetricPoint(step, Value(step, repeat, rising))).ToList();
        return new MetricSummary
        {
            Name = name,
            Count = Points,
            First = series[0].Value,
            Last = series[^1].Value,
            Min = series.Min(point => point.Value),
            Max = series.Max(point => point.Value),
            LastStep = Points - 1,
            Series = series,
        };
    }

    private static double Value(int step, int repeat, bool rising)
    {
        var part = Math.Exp(-step / 20.0) + (repeat * 0.001);
        return rising ? 1 - part : part;
    }
}
