using System.Diagnostics;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.TestLedger;

namespace Tenfold.Sql.Tests;

public sealed class A_broken_connection_is_retried
{
    [Fact]
    public async Task A_server_may_end_idle_sessions()
    {
        using var cluster = PostgresCluster.Start();
        cluster.Execute("postgres", "ALTER DATABASE postgres SET idle_session_timeout = '200ms'");
        using var database = Databases.Open(cluster.Url("postgres"), "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        await ledger.AddGroupAsync(Group("one", 1), Runs("one", 1), CancellationToken.None);
        await UntilAsync(
            () => cluster.Scalar("postgres", "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'tenfold'") is 0L, []);
        await ledger.AddGroupAsync(Group("two", 1), Runs("two", 1), CancellationToken.None);
        (await ledger.ListGroupsAsync(3, CancellationToken.None)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_primary_that_becomes_a_standby_is_retried()
    {
        using var cluster = PostgresCluster.Start();
        using var database = Databases.Open(cluster.Url("postgres"), "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        await ledger.AddGroupAsync(Group("one", 1), Runs("one", 1), CancellationToken.None);
        // The setting holds for new sessions only, so the existing ones are ended.
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
        (await ledger.ListGroupsAsync(3, CancellationToken.None)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_restarting_server_loses_and_doubles_nothing()
    {
        using var cluster = PostgresCluster.Start();
        using var stop = new CancellationTokenSource();
        var (written, read) = (0, 0);
        const int Writers = 3;
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            using var database = Databases.Open(cluster.Url("postgres"), "", TimeProvider.System);
            var ledger = new SqlLedger(database);
            var groups = new List<string>();
            while (!stop.IsCancellationRequested)
            {
                // Each change must be made once: a group can't be recorded twice, and a lost attempt adds one attempt.
                var group = $"w{writer}n{groups.Count}";
                await ledger.AddGroupAsync(Group(group, 3), Runs(group, 3), CancellationToken.None);
                groups.Add(group);
                var applied = await ledger.ApplyAsync(
                    [.. Enumerable.Range(1, 3).Select(i => Change(AttemptState.Lost, $"{group}-{i}-1") with { IsRetried = true })], null,
                    CancellationToken.None);
                applied.ShouldBe(3);
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
                foreach (var group in await ledger.ListGroupsAsync(3, CancellationToken.None))
                    (await ledger.ListRunsAsync(group.Id, CancellationToken.None)).Count.ShouldBe(3);
                Interlocked.Increment(ref read);
            }
        });
        for (var restart = 0; restart < 6; restart++)
        {
            var (wrote, seen) = (written, read);
            await UntilAsync(() => written > wrote + 5 && read > seen + 5, [.. writers, reader]);
            cluster.StopServer();
            cluster.StartServer();
        }

        await stop.CancelAsync();
        await reader;
        var groups = (await Task.WhenAll(writers)).SelectMany(of => of).ToList();
        using var last = Databases.Open(cluster.Url("postgres"), "", TimeProvider.System);
        var live = await new SqlLedger(last).ListLiveAttemptsAsync(CancellationToken.None);
        live.Select(attempt => attempt.Attempt.Id).Order()
            .ShouldBe(groups.SelectMany(group => Enumerable.Range(1, 3).Select(i => $"{group}-{i}-2")).Order());
        cluster.Scalar("postgres", "SELECT COUNT(*) FROM tenfold.groups").ShouldBe((long)groups.Count);
        cluster.Scalar("postgres", "SELECT COUNT(*) FROM tenfold.events").ShouldBe(groups.Count * 4L);
    }

    [Theory]
    [InlineData(Cutting.Before)]
    [InlineData(Cutting.After)]
    public async Task A_commit_without_an_answer_is_made_once(Cutting cutting)
    {
        using var test = new TestLedger(Engine.Postgres);
        using var proxy = new CuttingProxy(SharedCluster.Cluster.Port);
        using var database = Databases.Open(
            test.Url.Replace($":{SharedCluster.Cluster.Port}/", $":{proxy.Port}/", StringComparison.Ordinal), "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        await ledger.ListLiveAttemptsAsync(CancellationToken.None);
        for (var i = 0; i < 10; i++)
        {
            proxy.Next = cutting;
            await ledger.AddGroupAsync(Group($"g{i}", 2), Runs($"g{i}", 2), CancellationToken.None);
            proxy.Next = cutting;
            (await ledger.ApplyAsync([Change(AttemptState.Lost, $"g{i}-1-1") with { IsRetried = true }], null, CancellationToken.None))
                .ShouldBe(1);
        }

        proxy.Cuts.ShouldBe(20);
        (await test.Ledger.ListLiveAttemptsAsync(CancellationToken.None)).Count.ShouldBe(20);
        (await test.EventsAsync("g3")).ShouldBe(["g3 created", "g3-1-1 lost"]);
    }

    [Fact]
    public async Task A_server_that_stays_down_is_reported_in_time()
    {
        using var cluster = PostgresCluster.Start();
        using var database = Databases.Open(cluster.Url("postgres"), "", TimeProvider.System, TimeSpan.FromSeconds(1));
        var ledger = new SqlLedger(database);
        await ledger.ListLiveAttemptsAsync(CancellationToken.None);
        cluster.StopServer();
        var fault = await Should.ThrowAsync<LedgerException>(() => ledger.AddGroupAsync(Group("g1"), Runs("g1"), CancellationToken.None));
        fault.IsUnreadable.ShouldBeFalse();
        fault.Message.ShouldContain($"127.0.0.1:{cluster.Port}");
        cluster.StartServer();
        await ledger.AddGroupAsync(Group("g1"), Runs("g1"), CancellationToken.None);
        (await ledger.ListLiveAttemptsAsync(CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_writer_that_hangs_in_its_turn_is_ended()
    {
        using var test = new TestLedger(Engine.Postgres);
        await test.AddAsync(repeat: 2);
        using var database = test.OpenDatabase();
        var turns = 0;
        var (hangs, resumes) = (new TaskCompletionSource(), new TaskCompletionSource());
        var hanging = database.WriteAsync(async (connection, transaction) =>
        {
            turns++;
            var changed = await connection.ExecuteAsync(
                transaction, "UPDATE runs SET reason = 'still' WHERE id = 'k7m2xqab-1'", CancellationToken.None);
            hangs.TrySetResult();
            if (turns == 1) await resumes.Task;
            return changed;
        }, CancellationToken.None);
        await hangs.Task;
        (await test.ApplyAsync(Change(AttemptState.Running))).ShouldBe(1);
        resumes.SetResult();
        (await hanging).ShouldBe(1);
        turns.ShouldBe(2);
        (await test.RunAsync()).ShouldSatisfyAllConditions(
            run => run.State.ShouldBe(RunState.Running), run => run.Reason.Words().ShouldBe("still"));
    }

    private static async Task UntilAsync(Func<bool> condition, IReadOnlyList<Task> workers)
    {
        var since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            foreach (var task in workers)
                if (task.IsFaulted) await task;
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(5)) throw new TimeoutException();
            await Task.Delay(5);
        }
    }
}
