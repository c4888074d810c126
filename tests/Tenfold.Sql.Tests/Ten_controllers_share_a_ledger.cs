using System.Diagnostics;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.TestLedger;

namespace Tenfold.Sql.Tests;

public abstract class Ten_controllers_share_a_ledger(Engine engine) : IDisposable
{
    private const int Runs = 60;

    private readonly TestLedger _test = new(engine);
    private readonly List<Process> _others = [];

    public void Dispose()
    {
        foreach (var other in _others)
        {
            if (!other.HasExited) other.Kill();
            other.WaitForExit();
            other.Dispose();
        }

        _test.Dispose();
    }

    [Fact]
    public async Task Each_attempt_starts_once_although_some_controllers_are_killed_and_one_is_suspended()
    {
        await _test.AddAsync(repeat: Runs);
        var backend = Path.Combine(_test.Folder, "backend");
        File.WriteAllText(backend, "");
        string[] acts = ["stop", "kill-leased", "kill-started", "kill-applied", .. Enumerable.Repeat("start", 6)];
        acts.Count(act => act != "start").ShouldBe(OtherProcess.Accidents);
        foreach (var act in acts) _others.Add(OtherProcess.Start(act, _test.Url, backend));
        await UntilAsync(() => _others.TrueForAll(other => File.Exists($"{backend}.{other.Id}.ready")));
        File.WriteAllText($"{backend}.go", "");
        // It is suspended while it holds the lease, and resumes when another controller has taken the lease over.
        var suspended = _others[0];
        await UntilAsync(() => File.ReadAllText($"/proc/{suspended.Id}/stat").Contains(") T "));
        await UntilAsync(
            () => _test.Ledger.FindLeaseAsync(OtherProcess.Place, CancellationToken.None).Result!.Holder is var holder && holder is not null
                && !holder.Contains($"/{suspended.Id}/"));
        Process.Start("kill", ["-CONT", $"{suspended.Id}"]).WaitForExit();
        foreach (var other in _others)
        {
            await other.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token);
            if (other.ExitCode != 137) other.ExitCode.ShouldBe(0, await other.StandardError.ReadToEndAsync());
        }

        _others.Select(other => other.ExitCode).ShouldBe([0, 137, 137, 137, 0, 0, 0, 0, 0, 0]);
        File.ReadAllText($"{backend}.late").ShouldBe("0 of 3");
        var started = File.ReadAllLines(backend);
        started.Order().ShouldBe(Enumerable.Range(1, Runs).Select(i => $"k7m2xqab-{i}-1").Order());
        var runs = await _test.Ledger.ListRunsAsync("k7m2xqab", CancellationToken.None);
        runs.ShouldAllBe(run => run.Run.State == RunState.Succeeded && run.Run.Attempts == 1);
        var events = await _test.Ledger.ListEventsAsync("k7m2xqab", CancellationToken.None);
        events.CountBy(happened => happened.Kind).ToDictionary()
            .ShouldBe(new Dictionary<string, int> { ["created"] = 1, ["queued"] = Runs, ["succeeded"] = Runs }, ignoreOrder: true);
    }

    [Fact]
    public async Task Controllers_that_apply_the_same_changes_apply_each_once()
    {
        await _test.AddAsync(repeat: Runs);
        var changes = Enumerable.Range(1, Runs).Select(i => Change(AttemptState.Lost, $"k7m2xqab-{i}-1") with { IsRetried = true })
            .ToList();
        var made = await Task.WhenAll(
            Task.Run(() => _test.Open().ApplyAsync(changes, null, CancellationToken.None)),
            Task.Run(() => _test.Open().ApplyAsync([.. changes.AsEnumerable().Reverse()], null, CancellationToken.None)));
        made.Order().ShouldBe([0, Runs]);
        (await _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None)).Select(live => live.Attempt.Number)
            .ShouldBe(Enumerable.Repeat(2, Runs));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(5)) throw new TimeoutException();
            await Task.Delay(5);
        }
    }

    public sealed class On_SQLite() : Ten_controllers_share_a_ledger(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Ten_controllers_share_a_ledger(Engine.Postgres);
}
