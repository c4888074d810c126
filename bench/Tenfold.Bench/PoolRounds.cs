using System.Diagnostics;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Pools;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Sql;
using Tenfold.Targets.Pool;

namespace Tenfold.Bench;

/// <summary>Rounds of the control loop over a pool whose machines are imagined: they only write their records, as agents do.</summary>
internal static class PoolRounds
{
    private const int RunsOfGroup = 100;
    private const string Pool = "lab";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2), Beat = TimeSpan.FromSeconds(10);

    /// <summary>Runs rounds, and prints their figures as JSON.</summary>
    /// <param name="home">A new home.</param>
    /// <param name="runs">How many runs are live.</param>
    /// <param name="machines">How many machines run them.</param>
    /// <param name="minutes">For how long, by the controller's clock.</param>
    public static async Task RunAsync(string home, int runs, int machines, int minutes)
    {
        var time = new SteppedTime();
        var ledger = new SqlLedger(new SqliteDatabase(Path.Combine(home, "ledger.db")), WorkKey.OfHome(home));
        var plain = new FolderStore(Path.Combine(home, "store"));
        var attempts = await FillAsync(ledger, plain, runs, machines);
        var store = new CountingStore(plain);
        var target = await new PoolKind("server", time).OpenAsync(Target, store, CancellationToken.None);
        var controller = new Controller(
            ledger, new OneTarget(new ResolvedTarget($"pool {Pool}", target!, store)), _ => null, time, LeaseHolder.New());
        var times = new List<double>();
        var (beaten, requests) = (TimeSpan.Zero, 0L);
        for (var at = TimeSpan.Zero; at < TimeSpan.FromMinutes(minutes); at += Pause)
        {
            if (at == TimeSpan.Zero || at - beaten >= Beat)
            {
                await BeatAsync(plain, attempts, machines);
                beaten = at;
            }

            var since = TimeProvider.System.GetTimestamp();
            var result = await controller.ReconcileAsync(CancellationToken.None);
            times.Add(TimeProvider.System.GetElapsedTime(since).TotalSeconds);
            if (result.Live != runs || result.Faults.Count > 0)
                throw new InvalidOperationException($"{result.Live} live, {result.Faults.Count} faults");
            // The first round finds out what runs.
            if (at == TimeSpan.Zero) store.Reset();
            else requests = store.Requests;
            time.Advance(Pause);
        }

        var later = times.Skip(1).Order().ToList();
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, double>
        {
            ["first"] = times[0],
            ["median"] = later[later.Count / 2],
            ["longest"] = later[^1],
            ["requests"] = requests / (double)runs / (later.Count * Pause.TotalMinutes),
            ["memory"] = Process.GetCurrentProcess().PeakWorkingSet64 / 1e6,
        }));
    }

    private static TargetSpec Target => new("pool", Pool, JsonElement.Parse("{}"));

    private static string Session(int machine) => $"ws{machine:d3}-0001";

    private static async Task<List<string>> FillAsync(SqlLedger ledger, FolderStore store, int runs, int machines)
    {
        var (reports, now, all) = (new AttemptReports(store), TimeProvider.System.GetUtcNow(), new List<string>());
        while (all.Count < runs)
        {
            var count = Math.Min(RunsOfGroup, runs - all.Count);
            var group = LedgerFiller.Group(now, count);
            group = group with { Target = Pool, Spec = group.Spec with { Target = Target } };
            var repeats = Enumerable.Range(1, count).ToList();
            var attempts = repeats.ConvertAll(i => RunNames.Attempt(RunNames.Run(group.Id, i), 1));
            await ledger.AddGroupAsync(group, [.. repeats.Select(i => RunRecord.New(group, i, i))], CancellationToken.None);
            await ledger.ApplyAsync([.. attempts.Select(attempt => Running(attempt, now))], null, CancellationToken.None);
            foreach (var attempt in attempts)
            {
                var report = new AttemptReport { State = AttemptState.Running, StartedAt = now, Host = "ws", Process = 1 };
                await reports.WriteAsync(attempt, report, CancellationToken.None);
                await reports.WriteMetricsAsync(attempt, [LiveRuns.Accuracy()], CancellationToken.None);
                var claim = new AttemptClaim { Token = attempt, Host = "ws", Process = 1, At = now, Job = Session(all.Count % machines) };
                await store.WriteAsync(
                    AttemptKeys.Claim(attempt), JsonSerializer.SerializeToUtf8Bytes(claim, AttemptJson.Default.AttemptClaim),
                    CancellationToken.None);
                all.Add(attempt);
            }
        }

        return all;
    }

    private static AttemptChange Running(string attempt, DateTimeOffset now) =>
        new() { Attempt = attempt, At = now, State = AttemptState.Running, StartedAt = now };

    private static async Task BeatAsync(FolderStore store, List<string> attempts, int machines)
    {
        foreach (var group in attempts.Select((attempt, i) => (attempt, Machine: i % machines)).GroupBy(pair => pair.Machine))
        {
            var machine = new PoolMachine
            {
                Session = Session(group.Key),
                Machine = $"ws{group.Key:d3}",
                StartedAt = DateTimeOffset.UnixEpoch,
                Cpus = 256,
                MemoryBytes = 1L << 40,
                Running = [.. group.Select(pair => pair.attempt)],
            };
            await store.WriteAsync(
                PoolKeys.Machine(Pool, machine.Session), JsonSerializer.SerializeToUtf8Bytes(machine, PoolJson.Default.PoolMachine),
                CancellationToken.None);
        }
    }

    private sealed class OneTarget(ResolvedTarget target) : ITargetResolver
    {
        public ValueTask<TargetResolution> FindAsync(GroupRecord group, CancellationToken cancellationToken) => new(target);

        public IStore StoreOf(GroupRecord group) => target.Store;
    }

    private sealed class SteppedTime : TimeProvider
    {
        private TimeSpan _passed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _passed += by;

        public override long GetTimestamp() => TimeSpan.TicksPerDay + _passed.Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56) + _passed;
    }
}
