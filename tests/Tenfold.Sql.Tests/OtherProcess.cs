using System.Diagnostics;
using System.Runtime.CompilerServices;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Sql.Requests;
using Tenfold.Sql.Tests.Requests;

namespace Tenfold.Sql.Tests;

/// <summary>Starts this program as a process that does one thing with a ledger and ends.</summary>
internal static class OtherProcess
{
    private const string Variable = "TENFOLD_TEST_LEDGER_ACT";

    /// <summary>The lease under which controllers start attempts, and its duration.</summary>
    public const string Place = "place";

    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(6);

    /// <summary>How many of the controllers fail: they are killed or suspended.</summary>
    public const int Accidents = 4;

    /// <summary>Starts the process.</summary>
    /// <param name="act"><c>open</c> waits for the file <c>….go</c> beside <paramref
    /// name="file"/> and opens the ledger; <c>load</c> loads logged requests. Any other act works
    /// as a controller, see <see cref="Control"/>. With <c>kill-leased</c>, <c>kill-started</c> and <c>kill-applied</c> it is killed in its
    /// first turn; with <c>stop</c> it is suspended.</param>
    /// <param name="url">The ledger.</param>
    /// <param name="file">The file that stands for the backend.</param>
    public static Process Start(string act, string url, string file)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true, UseShellExecute = false };
        start.Environment[Variable] = $"{act}\n{url}\n{file}";
        return Process.Start(start)!;
    }

    // Runs before the test runner's Main. Nothing is awaited, because no other thread may run code of this assembly before this ends.
    [ModuleInitializer]
    internal static void ActInstead()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('\n') is not [var act, var url, var file]) return;
        var code = 0;
        try
        {
            if (act == "load")
            {
                Load(url);
                Environment.Exit(0);
            }

            using var database = Databases.Open(url, "", TimeProvider.System);
            var ledger = new SqlLedger(database);
            if (act == "open") Open(ledger, file);
            else Control(ledger, act, file);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            code = 1;
        }

        Environment.Exit(code);
    }

    // Loads batches as a gateway does, from the stored position on.
    private static void Load(string url)
    {
        using var database = Databases.OpenRequests(url, "", TimeProvider.System);
        var log = new SqlRequestLog(database, TimeProvider.System);
        while (true)
        {
            var from = log.ReadPositionAsync("s", CancellationToken.None).GetAwaiter().GetResult();
            if (A_loader_is_killed_on_PostgreSQL.BatchAfter(from) is not { } batch) return;
            log.LoadAsync(batch, CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    private static void Open(SqlLedger ledger, string file)
    {
        Go(file);
        ledger.ListLiveAttemptsAsync(CancellationToken.None).GetAwaiter().GetResult();
        // A command on a laptop must not pay for loading Npgsql.
        if (AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name == "Npgsql"))
            throw new InvalidOperationException("Npgsql was loaded for a SQLite file");
    }

    // A controller fails in its first turn, so each failing one must get a turn: the last attempts are left to them.
    private static bool IsLeftToOthers(string act, string file, int pending) =>
        act == "start" && pending <= 3 * Accidents
            && (!File.Exists($"{file}.turns") || File.ReadLines($"{file}.turns").Count() < Accidents);

    // A controller on a backend that starts an attempt as often as it is told to, so only the lease prevents starting it twice. It writes a
    // line for each attempt that it starts. It first reads the lines that exist, as a controller does that takes over from a killed one.
    private static void Control(SqlLedger ledger, string act, string file)
    {
        var (holderName, process) = (LeaseHolder.New(), $"{Environment.ProcessId}");
        File.WriteAllText($"{file}.{process}.ready", "");
        Go(file);
        while (ledger.ListLiveAttemptsAsync(CancellationToken.None).GetAwaiter().GetResult().Count > 0)
        {
            var holder = ledger.FindLeaseAsync(Place, CancellationToken.None).GetAwaiter().GetResult()?.Holder;
            var dead = holder is not null && LeaseHolder.IsKnownDead(holder) ? holder : null;
            var acquired = ledger.TryAcquireLeaseAsync(Place, holderName, LeaseDuration, dead, CancellationToken.None);
            if (acquired.GetAwaiter().GetResult() is { } lease)
            {
                if (act != "start") File.AppendAllText($"{file}.turns", $"{act}\n");
                KillAt("kill-leased");
                var live = ledger.ListLiveAttemptsAsync(CancellationToken.None).GetAwaiter().GetResult();
                if (IsLeftToOthers(act, file, live.Count(attempt => attempt.Attempt.State == AttemptState.Pending)))
                {
                    ledger.ReleaseAsync(lease, CancellationToken.None).GetAwaiter().GetResult();
                    Thread.Sleep(20);
                    continue;
                }

                var pending = live.Where(attempt => attempt.Attempt.State == AttemptState.Pending).Take(3)
                    .Select(attempt => attempt.Attempt.Id).ToList();
                var started = File.ReadLines(file).ToHashSet();
                // One write, so that a kill comes before it or after it.
                File.AppendAllText(
                    file, string.Concat(pending.Where(attempt => !started.Contains(attempt)).Select(attempt => $"{attempt}\n")));
                KillAt("kill-started");
                if (act == "stop") Process.Start("kill", ["-STOP", process]).WaitForExit();
                var applied = Apply(lease, pending.Select(attempt => TestLedger.Change(AttemptState.Queued, attempt)));
                if (act == "stop") File.WriteAllText($"{file}.late", $"{applied} of {pending.Count}");
                KillAt("kill-applied");
                var ended = live.Where(attempt => attempt.Attempt.State == AttemptState.Queued).Take(3);
                Apply(lease, ended.Select(attempt => TestLedger.Change(AttemptState.Succeeded, attempt.Attempt.Id)));
                if (act == "stop") act = "start";
                else ledger.ReleaseAsync(lease, CancellationToken.None).GetAwaiter().GetResult();
            }

            // Gives the other controllers a turn.
            Thread.Sleep(20);
        }

        int Apply(Lease lease, IEnumerable<AttemptChange> changes) =>
            ledger.ApplyAsync([.. changes], lease, CancellationToken.None).GetAwaiter().GetResult();

        void KillAt(string point)
        {
            if (act == point) Process.GetCurrentProcess().Kill();
        }
    }

    private static void Go(string file)
    {
        var since = Stopwatch.GetTimestamp();
        while (!File.Exists($"{file}.go") && Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(5)) Thread.Sleep(1);
    }
}
