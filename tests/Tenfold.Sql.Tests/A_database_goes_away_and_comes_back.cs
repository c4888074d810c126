using System.Diagnostics;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.Book;

namespace Tenfold.Sql.Tests;

public sealed class A_database_goes_away_and_comes_back
{
    [Fact]
    public async Task A_server_that_ends_idle_sessions_is_asked_again()
    {
        using var cluster = PostgresCluster.Start();
        cluster.Execute("postgres", "ALTER DATABASE postgres SET idle_session_timeout = '200ms'");
        using var database = Databases.Open(cluster.Url("postgres"), "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        await ledger.AddGroupAsync(Group("one", 1), Runs("one", 1), CancellationToken.None);
        await UntilAsync(
            () => cluster.Scalar("postgres", "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'tenfold'") is 0L, []);
        await ledger.AddGroupAsync(Group("two", 1), Runs("two", 1), CancellationToken.None);
        (await ledger.GroupsAsync(3, CancellationToken.None)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_primary_that_becomes_a_standby_is_waited_for()
    {
        using var cluster = PostgresCluster.Start();
        using var database = Databases.Open(cluster.Url("postgres"), "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        await ledger.AddGroupAsync(Group("one", 1), Runs("one", 1), CancellationToken.None);
        // Seen by new sessions alone; those that are there end.
        const string set = "ALTER DATABASE postgres SET default_transaction_read_only =";
        cluster.Execute(
            "template1", $"{set} on; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tenfold'");
        var writing = ledger.AddGroupAsync(Group("two", 1), Runs("two", 1), CancellationToken.None);
        await UntilAsync(
            () => cluster.Scalar("postgres", "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'tenfold'") is > 0L
                || writing.IsCompleted, []);
        writing.IsCompleted.ShouldBeFalse();
        cluster.Execute("template1", $"{set} off");
        await writing;
        (await ledger.GroupsAsync(3, CancellationToken.None)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task In_the_middle_of_everything_and_nothing_is_lost_or_doubled()
    {
        using var cluster = PostgresCluster.Start();
        using var stop = new CancellationTokenSource();
        var (written, read) = (0, 0);
        const int Writers = 3;
        var everybody = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            using var database = Databases.Open(cluster.Url("postgres"), "", TimeProvider.System);
            var ledger = new SqlLedger(database);
            var groups = new List<string>();
            while (!stop.IsCancellationRequested)
            {
                // Each change counts once: a group that was recorded can't be recorded again, and an end adds one next attempt.
                var group = $"w{writer}n{groups.Count}";
                await ledger.AddGroupAsync(Group(group, 3), Runs(group, 3), CancellationToken.None);
                groups.Add(group);
                var made = await ledger.ApplyAsync(
                    [.. Enumerable.Range(1, 3).Select(i => Change(AttemptState.Lost, $"{group}-{i}-1") with { IsRetried = true })], null,
                    CancellationToken.None);
                made.ShouldBe(3);
                Interlocked.Increment(ref written);
            }

            return groups;
        })).ToList();
        var reader = Task.Run(async () =>
        {
            using var database = Databases.Open(cluster.Url("postgres"), "", TimeProvider.System);
            var ledger = new SqlLedger(database);
            while (!stop.IsCancellationRequested)
            {
                foreach (var group in await ledger.GroupsAsync(3, CancellationToken.None))
                    (await ledger.RunsOfAsync(group.Id, CancellationToken.None)).Count.ShouldBe(3);
                Interlocked.Increment(ref read);
            }
        });
        for (var restart = 0; restart < 6; restart++)
        {
            var (wrote, seen) = (written, read);
            await UntilAsync(() => written > wrote + 5 && read > seen + 5, [.. everybody, reader]);
            cluster.Down();
            cluster.Up();
        }

        await stop.CancelAsync();
        await reader;
        var groups = (await Task.WhenAll(everybody)).SelectMany(of => of).ToList();
        using var last = Databases.Open(cluster.Url("postgres"), "", TimeProvider.System);
        var live = await new SqlLedger(last).LiveAsync(CancellationToken.None);
        live.Select(attempt => attempt.Attempt.Id).Order()
            .ShouldBe(groups.SelectMany(group => Enumerable.Range(1, 3).Select(i => $"{group}-{i}-2")).Order());
        cluster.Scalar("postgres", "SELECT COUNT(*) FROM tenfold.groups").ShouldBe((long)groups.Count);
        cluster.Scalar("postgres", "SELECT COUNT(*) FROM tenfold.events").ShouldBe(groups.Count * 4L);
    }

    [Theory]
    [InlineData(Cutting.Before)]
    [InlineData(Cutting.After)]
    public async Task At_a_commit_whose_answer_never_comes(Cutting cutting)
    {
        using var book = new Book(Engine.Postgres);
        using var wire = new Wire(SharedCluster.Cluster.Port);
        using var database = Databases.Open(
            book.Url.Replace($":{SharedCluster.Cluster.Port}/", $":{wire.Port}/", StringComparison.Ordinal), "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        await ledger.LiveAsync(CancellationToken.None);
        for (var i = 0; i < 10; i++)
        {
            wire.Next = cutting;
            await ledger.AddGroupAsync(Group($"g{i}", 2), Runs($"g{i}", 2), CancellationToken.None);
            wire.Next = cutting;
            (await ledger.ApplyAsync([Change(AttemptState.Lost, $"g{i}-1-1") with { IsRetried = true }], null, CancellationToken.None))
                .ShouldBe(1);
        }

        wire.Cuts.ShouldBe(20);
        (await book.Ledger.LiveAsync(CancellationToken.None)).Count.ShouldBe(20);
        (await book.EventsAsync("g3")).ShouldBe(["g3 created", "g3-1-1 lost"]);
    }

    [Fact]
    public async Task And_when_it_stays_away_that_is_said_in_time()
    {
        using var cluster = PostgresCluster.Start();
        using var database = Databases.Open(cluster.Url("postgres"), "", TimeProvider.System, TimeSpan.FromSeconds(1));
        var ledger = new SqlLedger(database);
        await ledger.LiveAsync(CancellationToken.None);
        cluster.Down();
        var fault = await Should.ThrowAsync<LedgerException>(() => ledger.AddGroupAsync(Group("g1"), Runs("g1"), CancellationToken.None));
        fault.IsUnreadable.ShouldBeFalse();
        fault.Message.ShouldContain($"127.0.0.1:{cluster.Port}");
        cluster.Up();
        await ledger.AddGroupAsync(Group("g1"), Runs("g1"), CancellationToken.None);
        (await ledger.LiveAsync(CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_writer_that_stands_still_in_its_turn_is_passed_over()
    {
        using var book = new Book(Engine.Postgres);
        await book.AddAsync(repeat: 2);
        using var database = book.OpenDatabase();
        var turns = 0;
        var (stands, goesOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var still = database.WriteAsync(async (connection, transaction) =>
        {
            turns++;
            var changed = await connection.ExecuteAsync(
                transaction, "UPDATE runs SET reason = 'still' WHERE id = 'k7m2xqab-1'", CancellationToken.None);
            stands.TrySetResult();
            if (turns == 1) await goesOn.Task;
            return changed;
        }, CancellationToken.None);
        await stands.Task;
        (await book.ApplyAsync(Change(AttemptState.Running))).ShouldBe(1);
        goesOn.SetResult();
        (await still).ShouldBe(1);
        turns.ShouldBe(2);
        (await book.RunAsync())
            .ShouldSatisfyAllConditions(run => run.State.ShouldBe(RunState.Running), run => run.Reason.Words().ShouldBe("still"));
    }

    private static async Task UntilAsync(Func<bool> condition, IReadOnlyList<Task> whoWorks)
    {
        var since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            foreach (var task in whoWorks)
                if (task.IsFaulted) await task;
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(60)) throw new TimeoutException();
            await Task.Delay(5);
        }
    }
}
