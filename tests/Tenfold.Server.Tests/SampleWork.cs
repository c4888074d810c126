using System.Text;
using System.Text.Json;
using Tenfold.App;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Server.Tests;

/// <summary>Records of runs on a pool that no machine serves.</summary>
internal static class SampleWork
{
    /// <summary>A group with its queued runs.</summary>
    public static (GroupRecord Group, IReadOnlyList<RunRecord> Runs) Group(
        string id, int repeat, DateTimeOffset at, string? store = null) =>
    (
        new GroupRecord
        {
            Id = id,
            Root = "/home/ann/vision",
            Target = "lab",
            CreatedAt = at,
            Host = "server",
            Version = "1.0",
            BaseSeed = 0,
            Repeat = repeat,
            Spec = new WorkSpec
            {
                Project = "vision",
                Snapshot = new string('0', 64),
                Command = "python train.py",
                Environment = new EnvironmentSpec("system"),
                Parameters = JsonElement.Parse("""{"learning_rate":0.1}"""),
                Metric = new MetricSpec("accuracy", MetricGoal.Maximize),
                Store = store,
                Target = new TargetSpec("pool", "lab", JsonElement.Parse("{}")),
            },
        },
        [
            .. Enumerable.Range(1, repeat).Select(i => new RunRecord
            {
                Id = RunNames.Run(id, i),
                Group = id,
                Repeat = i,
                Seed = i,
                State = RunState.Queued,
                CreatedAt = at,
                Attempts = 1,
            }),
        ]);

    /// <summary>Records that a run has ended with a value of its metric.</summary>
    public static async Task EndAsync(Services services, RunRecord run, double value, DateTimeOffset at)
    {
        var attempt = RunNames.Attempt(run.Id, 1);
        var running = new AttemptChange { Attempt = attempt, At = at, State = AttemptState.Running, StartedAt = at, Host = "ws1" };
        var ended = running with
        {
            State = AttemptState.Succeeded,
            EndedAt = at.AddSeconds(3),
            ExitCode = 0,
            Metrics =
            [
                new MetricSummary
                {
                    Name = "accuracy",
                    Count = 2,
                    First = value / 2,
                    Last = value,
                    Min = value / 2,
                    Max = value,
                    LastStep = 1,
                    Series = [new MetricPoint(0, value / 2), new MetricPoint(1, value)],
                },
            ],
        };
        await services.Ledger.ApplyAsync([running], null, CancellationToken.None);
        await services.Ledger.ApplyAsync([ended], null, CancellationToken.None);
    }

    /// <summary>Appends lines to the log of a run's first attempt.</summary>
    public static async Task LogAsync(IStore store, string run, params string[] lines)
    {
        await using var log = store.AppendSegments(AttemptKeys.Log(RunNames.Attempt(run, 1)));
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var line in lines) await log.AppendAsync(Encoding.UTF8.GetBytes($"{at} o {line}\n"), CancellationToken.None);
        await log.FlushAsync(CancellationToken.None);
    }
}
