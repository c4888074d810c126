using System.Diagnostics;
using System.Runtime.CompilerServices;
using Tenfold.Core.Control;
using Tenfold.Core.Runs;

namespace Tenfold.Sql.Tests;

/// <summary>This program once more, as a process that does one thing with a ledger and ends.</summary>
internal static class OtherProcess
{
    private const string Variable = "TENFOLD_TEST_LEDGER_ACT";

    /// <summary>The lease under which <c>start</c> works, and how long it holds.</summary>
    public const string Place = "place";

    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    /// <summary>How many of the controllers have an accident: they are killed, or stand still.</summary>
    public const int Accidents = 4;

    /// <summary>Starts it.</summary>
    /// <param name="act"><c>open</c>: waits for the file <c>….go</c> beside <paramref name="file"/> and opens the ledger. 
    /// Else works as a controller, see <see cref="Control"/>, and is killed (<c>kill-leased</c>, <c>kill-started</c>, <c>kill-applied</c>)
    /// or stands still (<c>stop</c>) on its first turn.</param>
    /// <param name="url">The ledger.</param>
    /// <param name="file">A file of the act's own.</param>
    public static Process Start(string act, string url, string file)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true, UseShellExecute = false };
        start.Environment[Variable] = $"{act}\n{url}\n{file}";
        return Process.Start(start)!;
    }

    // Before the test runner's own Main. Nothing is awaited: as long as this lasts no other thread may run code of this assembly.
    [ModuleInitializer]
    internal static void ActInstead()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('\n') is not [var act, var url, var file]) return;
        var code = 0;
        try
        {
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

    private static void Open(SqlLedger ledger, string file)
    {
        Go(file);
        ledger.LiveAsync(CancellationToken.None).GetAwaiter().GetResult();
        // A command on a laptop is not to pay for what it doesn't use.
        if (AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name == "Npgsql"))
            throw new InvalidOperationException("Npgsql was loaded for a SQLite file");
    }

    // Who is killed or stands still does so on its first turn, and has to get one: the last attempts are left to those that had none.
    private static bool IsLeftToOthers(string act, string file, int pending) =>
        act == "start" && pending <= 3 * Accidents
            && (!File.Exists($"{file}.turns") || File.ReadLines($"{file}.turns").Count() < Accidents);

    // What a controller does, on a backend that would start anything as often as it is told: only the lease keeps it from starting twice.
    // It writes a line for each attempt that it starts, and looks first for what is there, as a controller does that takes over from one
    // that was killed.
    private static void Control(SqlLedger ledger, string act, string file)
    {
        var (me, process) = (LeaseHolder.New(), $"{Environment.ProcessId}");
        File.WriteAllText($"{file}.{process}.ready", "");
        Go(file);
        while (ledger.LiveAsync(CancellationToken.None).GetAwaiter().GetResult().Count > 0)
        {
            var holder = ledger.FindLeaseAsync(Place, CancellationToken.None).GetAwaiter().GetResult()?.Holder;
            var dead = holder is not null && LeaseHolder.IsKnownDead(holder) ? holder : null;
            if (ledger.TryAcquireLeaseAsync(Place, me, Lease, dead, CancellationToken.None).GetAwaiter().GetResult() is { } lease)
            {
                if (act != "start") File.AppendAllText($"{file}.turns", $"{act}\n");
                KillAt("kill-leased");
                var live = ledger.LiveAsync(CancellationToken.None).GetAwaiter().GetResult();
                if (IsLeftToOthers(act, file, live.Count(attempt => attempt.Attempt.State == AttemptState.Pending)))
                {
                    ledger.ReleaseAsync(lease, CancellationToken.None).GetAwaiter().GetResult();
                    Thread.Sleep(20);
                    continue;
                }

                var pending =
                    live.Where(attempt => attempt.Attempt.State == AttemptState.Pending).Take(3).Select(attempt => attempt.Attempt.Id)
                        .ToList();
                var there = File.ReadLines(file).ToHashSet();
                // One write: a kill comes before it or after it.
                File.AppendAllText(
                    file, string.Concat(pending.Where(attempt => !there.Contains(attempt)).Select(attempt => $"{attempt}\n")));
                KillAt("kill-started");
                if (act == "stop") Process.Start("kill", ["-STOP", process]).WaitForExit();
                var made =
                    ledger.ApplyAsync(
                        [.. pending.Select(attempt => Book.Change(AttemptState.Queued, attempt))], lease, CancellationToken.None)
                            .GetAwaiter().GetResult();
                if (act == "stop") File.WriteAllText($"{file}.late", $"{made} of {pending.Count}");
                KillAt("kill-applied");
                var ended = live.Where(attempt => attempt.Attempt.State == AttemptState.Queued).Take(3);
                ledger.ApplyAsync(
                    [.. ended.Select(attempt => Book.Change(AttemptState.Succeeded, attempt.Attempt.Id))], lease, CancellationToken.None)
                        .GetAwaiter().GetResult();
                if (act == "stop") act = "start";
                else ledger.ReleaseAsync(lease, CancellationToken.None).GetAwaiter().GetResult();
            }

            // So that everybody has a turn.
            Thread.Sleep(20);
        }

        void KillAt(string point)
        {
            if (act == point) Process.GetCurrentProcess().Kill();
        }
    }

    private static void Go(string file)
    {
        var since = Stopwatch.GetTimestamp();
        while (!File.Exists($"{file}.go") && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(60)) Thread.Sleep(1);
    }
}
