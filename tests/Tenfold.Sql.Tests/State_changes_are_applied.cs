using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.TestLedger;

namespace Tenfold.Sql.Tests;

public abstract class State_changes_are_applied(Engine engine) : IDisposable
{
    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Each_state_change_writes_an_event()
    {
        await _test.AddAsync();
        await _test.ApplyAsync(Change(AttemptState.Queued, at: 1));
        (await _test.RunAsync()).State.ShouldBe(RunState.Queued);
        await _test.ApplyAsync(Change(AttemptState.Running, at: 2) with
        {
            StartedAt = Start.AddSeconds(2),
            Host = "gpu-1",
            Reason = new Reason.Note("preparing"),
        });
        (await _test.RunAsync()).ShouldSatisfyAllConditions(
            run => run.State.ShouldBe(RunState.Running), run => run.StartedAt.ShouldBe(Start.AddSeconds(2)),
            run => run.EndedAt.ShouldBeNull());
        await _test.ApplyAsync(Change(AttemptState.Failed, at: 3) with
        {
            EndedAt = Start.AddSeconds(3),
            ExitCode = 3,
            Reason = new Reason.Note("exit code 3"),
            PeakMemoryBytes = 1L << 40,
            CpuTime = TimeSpan.FromSeconds(1.5),
        });
        (await _test.RunAsync()).ShouldSatisfyAllConditions(
            run => run.State.ShouldBe(RunState.Failed), run => run.Reason.Words().ShouldBe("exit code 3"),
            run => run.EndedAt.ShouldBe(Start.AddSeconds(3)));
        (await _test.AttemptsAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            attempt => attempt.State.ShouldBe(AttemptState.Failed), attempt => attempt.ExitCode.ShouldBe(3),
            attempt => attempt.Host.ShouldBe("gpu-1"), attempt => attempt.StartedAt.ShouldBe(Start.AddSeconds(2)),
            attempt => attempt.PeakMemoryBytes.ShouldBe(1L << 40), attempt => attempt.CpuTime.ShouldBe(TimeSpan.FromSeconds(1.5)));
        (await _test.EventsAsync()).ShouldBe(["k7m2xqab created", "k7m2xqab-1-1 queued", "k7m2xqab-1-1 running", "k7m2xqab-1-1 failed"]);
    }

    [Fact]
    public async Task An_unobserved_start_is_recorded_with_the_end()
    {
        await _test.AddAsync();
        var end = Change(AttemptState.Succeeded, at: 9) with { StartedAt = Start.AddSeconds(2), EndedAt = Start.AddSeconds(8) };
        (await _test.ApplyAsync(end)).ShouldBe(1);
        var events = await _test.Ledger.ListEventsAsync("k7m2xqab-1", CancellationToken.None);
        events.Select(happened => (happened.Kind, happened.At))
            .ShouldBe([("created", Start), ("running", Start.AddSeconds(2)), ("succeeded", Start.AddSeconds(9))]);
        (await _test.RunAsync()).ShouldSatisfyAllConditions(
            run => run.StartedAt.ShouldBe(Start.AddSeconds(2)), run => run.State.ShouldBe(RunState.Succeeded));
    }

    [Theory]
    [InlineData(AttemptState.Queued)]
    [InlineData(AttemptState.Running)]
    public async Task A_repeated_state_only_updates_the_reason(AttemptState state)
    {
        await _test.AddAsync();
        await _test.ApplyAsync(Change(state) with { Reason = new Reason.Note("preparing") });
        (await _test.ApplyAsync(Change(state, at: 9) with { Reason = null, IsRetried = true })).ShouldBe(0);
        (await _test.AttemptsAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            attempt => attempt.State.ShouldBe(state), attempt => attempt.Reason.ShouldBeNull());
        (await _test.RunAsync()).Reason.ShouldBeNull();
        (await _test.EventsAsync()).Count(happened => happened.StartsWith("k7m2xqab-1-1 ", StringComparison.Ordinal)).ShouldBe(1);
    }

    public static TheoryData<AttemptState, AttemptState> Refused() => new(
        from before in Enum.GetValues<AttemptState>()
        from after in Enum.GetValues<AttemptState>()
        where before != AttemptState.Pending && (before.IsFinal() || after < before)
        select (before, after));

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_late_or_repeated_report_changes_nothing(AttemptState before, AttemptState after)
    {
        await _test.AddAsync();
        (await _test.ApplyAsync(Change(before) with { Reason = new Reason.Note("before") })).ShouldBe(1);
        (await _test.ApplyAsync(Change(after, at: 9) with { Reason = new Reason.Note("after"), ExitCode = 9, IsRetried = true }))
            .ShouldBe(0);
        (await _test.AttemptsAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            attempt => attempt.State.ShouldBe(before), attempt => attempt.Reason.Words().ShouldBe("before"),
            attempt => attempt.ExitCode.ShouldBeNull());
        (await _test.RunAsync()).ShouldSatisfyAllConditions(
            run => run.Reason.Words().ShouldBe("before"), run => run.State.ShouldBe(RunStates.RunFollows(before, false)));
        (await _test.EventsAsync()).Count(happened => happened.StartsWith("k7m2xqab-1-1 ", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task The_state_of_a_run_follows_its_latest_attempt()
    {
        await _test.AddAsync();
        await _test.ApplyAsync(Change(AttemptState.Running));
        var lost = Change(AttemptState.Lost) with { IsRetried = true, Reason = new Reason.Note("killed by SIGSEGV") };
        await _test.Open().ApplyAsync([lost], null, CancellationToken.None);
        (await _test.RunAsync()).ShouldSatisfyAllConditions(
            run => run.State.ShouldBe(RunState.Queued), run => run.Reason.Words().ShouldBe("retried after: killed by SIGSEGV"));
        (await _test.AttemptsAsync())[0].Reason.Words().ShouldBe("killed by SIGSEGV");
        await _test.ApplyAsync(Change(AttemptState.Queued, "k7m2xqab-1-2"));
        (await _test.RunAsync()).Reason.ShouldBeNull();
        await _test.ApplyAsync(Change(AttemptState.Running, "k7m2xqab-1-2"));
        (await _test.ApplyAsync(Change(AttemptState.Succeeded))).ShouldBe(0);
        (await _test.RunAsync()).ShouldSatisfyAllConditions(run => run.State.ShouldBe(RunState.Running), run => run.Attempts.ShouldBe(2));
        await _test.ApplyAsync(Change(AttemptState.Succeeded, "k7m2xqab-1-2"));
        (await _test.RunAsync()).State.ShouldBe(RunState.Succeeded);
    }

    [Fact]
    public async Task Processes_that_apply_the_same_end_add_one_attempt()
    {
        await _test.AddAsync(repeat: 20);
        var ends = Enumerable.Range(1, 20).Select(i => Change(AttemptState.Lost, $"k7m2xqab-{i}-1") with { IsRetried = true }).ToList();
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var ledger = _test.Open();
            var sum = 0;
            foreach (var end in ends) sum += await ledger.ApplyAsync([end], null, CancellationToken.None);
            return sum;
        })));
        made.Sum().ShouldBe(20);
        for (var i = 1; i <= 20; i++)
        {
            (await _test.AttemptsAsync($"k7m2xqab-{i}")).Select(attempt => attempt.State)
                .ShouldBe([AttemptState.Lost, AttemptState.Pending]);
            (await _test.RunAsync($"k7m2xqab-{i}")).ShouldSatisfyAllConditions(
                run => run.Attempts.ShouldBe(2), run => run.State.ShouldBe(RunState.Queued), run => run.EndedAt.ShouldBeNull());
        }
    }

    [Fact]
    public async Task Changes_of_unknown_attempts_are_skipped()
    {
        await _test.AddAsync();
        (await _test.ApplyAsync(
            Change(AttemptState.Running, "nobody00-1-1") with { Metrics = [Metric("loss", 1, 1)] },
            Change(AttemptState.Succeeded, "nobody00-1-1") with { IsRetried = true },
            Change(AttemptState.Running))).ShouldBe(1);
        (await _test.RunAsync()).State.ShouldBe(RunState.Running);
    }

    [Fact]
    public async Task Metrics_never_go_backwards()
    {
        await _test.AddAsync();
        await _test.ApplyAsync(Change(AttemptState.Running) with { Metrics = [Metric("loss", 5, 0.5)] });
        await _test.ApplyAsync(Change(AttemptState.Running) with { Metrics = [Metric("loss", 3, 0.9), Metric("accuracy", 1, double.NaN)] });
        await _test.ApplyAsync(Change(AttemptState.Succeeded) with { Metrics = [Metric("loss", 7, double.NegativeInfinity)] });
        await _test.ApplyAsync(Change(AttemptState.Running) with { Metrics = [Metric("loss", 6, 0.4)] });
        var metrics = (await _test.Ledger.ListRunsAsync("k7m2xqab", CancellationToken.None))[0].Metrics.ToDictionary(metric => metric.Name);
        (metrics["loss"].Count, metrics["loss"].Last, metrics["loss"].LastStep).ShouldBe((7, double.NegativeInfinity, 7));
        metrics["loss"].Series[^1].ShouldBe(new MetricPoint(7, double.NegativeInfinity));
        (metrics["accuracy"].Last, metrics["accuracy"].Min, metrics["accuracy"].Series[^1].Value).ShouldBe(
            (double.NaN, double.NaN, double.NaN));
    }

    public sealed class On_SQLite() : State_changes_are_applied(Engine.Sqlite);

    public sealed class On_PostgreSQL() : State_changes_are_applied(Engine.Postgres);
}
