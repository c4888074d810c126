using System.Diagnostics;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.Book;

namespace Tenfold.Sql.Tests;

public abstract class Ten_controllers_share_a_ledger(Engine engine) : IDisposable
{
    private const int Runs = 60;

    private readonly Book _book = new(engine);
    private readonly List<Process> _others = [];

    public void Dispose()
    {
        foreach (var other in _others)
        {
            if (!other.HasExited) other.Kill();
            other.WaitForExit();
            other.Dispose();
        }

        _book.Dispose();
    }

    [Fact]
    public async Task And_start_each_attempt_once_though_some_are_killed_and_one_stands_still()
    {
        await _book.AddAsync(repeat: Runs);
        var backend = Path.Combine(_book.Folder, "backend");
        File.WriteAllText(backend, "");
        string[] acts = ["stop", "kill-leased", "kill-started", "kill-applied", .. Enumerable.Repeat("start", 6)];
        acts.Count(act => act != "start").ShouldBe(OtherProcess.Accidents);
        foreach (var act in acts) _others.Add(OtherProcess.Start(act, _book.Url, backend));
        await UntilAsync(() => _others.TrueForAll(other => File.Exists($"{backend}.{other.Id}.ready")));
        File.WriteAllText($"{backend}.go", "");
        // It stands still with the lease in its hands, and goes on when somebody else has taken it over.
        var still = _others[0];
        await UntilAsync(() => File.ReadAllText($"/proc/{still.Id}/stat").Contains(") T "));
        await UntilAsync(
            () => _book.Ledger.FindLeaseAsync(OtherProcess.Place, CancellationToken.None).Result!.Holder is var holder && holder is not null
                && !holder.Contains($"/{still.Id}/"));
        Process.Start("kill", ["-CONT", $"{still.Id}"]).WaitForExit();
        foreach (var other in _others)
        {
            await other.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token);
            if (other.ExitCode != 137) other.ExitCode.ShouldBe(0, await other.StandardError.ReadToEndAsync());
        }

        _others.Select(other => other.ExitCode).ShouldBe([0, 137, 137, 137, 0, 0, 0, 0, 0, 0]);
        File.ReadAllText($"{backend}.late").ShouldBe("0 of 3");
        var started = File.ReadAllLines(backend);
        started.Order().ShouldBe(Enumerable.Range(1, Runs).Select(i => $"k7m2xqab-{i}-1").Order());
        var runs = await _book.Ledger.RunsOfAsync("k7m2xqab", CancellationToken.None);
        runs.ShouldAllBe(run => run.Run.State == RunState.Succeeded && run.Run.Attempts == 1);
        var events = await _book.Ledger.EventsOfAsync("k7m2xqab", CancellationToken.None);
        events.CountBy(happened => happened.Kind).ToDictionary()
            .ShouldBe(new Dictionary<string, int> { ["created"] = 1, ["queued"] = Runs, ["succeeded"] = Runs }, ignoreOrder: true);
    }

    [Fact]
    public async Task And_two_that_apply_the_same_changes_make_each_once()
    {
        await _book.AddAsync(repeat: Runs);
        var changes = Enumerable.Range(1, Runs).Select(i => Change(AttemptState.Lost, $"k7m2xqab-{i}-1") with { IsRetried = true })
            .ToList();
        var made = await Task.WhenAll(
            Task.Run(() => _book.Open().ApplyAsync(changes, null, CancellationToken.None)),
            Task.Run(() => _book.Open().ApplyAsync([.. changes.AsEnumerable().Reverse()], null, CancellationToken.None)));
        made.Order().ShouldBe([0, Runs]);
        (await _book.Ledger.LiveAsync(CancellationToken.None)).Select(live => live.Attempt.Number).ShouldBe(Enumerable.Repeat(2, Runs));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(60)) throw new TimeoutException();
            await Task.Delay(5);
        }
    }

    public sealed class On_SQLite() : Ten_controllers_share_a_ledger(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Ten_controllers_share_a_ledger(Engine.Postgres);
}
