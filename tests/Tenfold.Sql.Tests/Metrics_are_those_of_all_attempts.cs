using Tenfold.Core.Runs;

namespace Tenfold.Sql.Tests;

public sealed class Metrics_are_those_of_all_attempts
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_resumed_run_that_printed_nothing_more_keeps_its_value_and_one_that_started_anew_has_none(Engine engine)
    {
        using var ledger = new TestLedger(engine);
        await ledger.AddAsync(repeat: 4);
        for (var repeat = 1; repeat <= 3; repeat++)
            await LoseAsync(ledger, $"k7m2xqab-{repeat}-1", Metric(0, 0.1, 0.5));
        await EndAsync(ledger, "k7m2xqab-1-2", isResumed: true);
        await EndAsync(ledger, "k7m2xqab-2-2", isResumed: false);
        await EndAsync(ledger, "k7m2xqab-3-2", isResumed: true, Metric(1, 0.6, 0.9));
        await EndAsync(ledger, "k7m2xqab-4-1", isResumed: null, Metric(0, 0.7));

        var runs = await ledger.Ledger.ListRunsAsync("k7m2xqab", CancellationToken.None);
        runs.Select(run => run.Metrics.SingleOrDefault()?.Last).ShouldBe([0.5, null, 0.9, 0.7]);
        runs[2].Metrics[0].Series.ShouldBe([new(0, 0.1), new(1, 0.6), new(2, 0.9)]);
        runs[2].Metrics[0].Resumes.ShouldBe([1]);
        var page = await ledger.Ledger.ListNewestRunsAsync(null, 10, 0, CancellationToken.None);
        page.OrderBy(run => run.Run.Id).Select(run => run.Value).ShouldBe([0.5, null, 0.9, 0.7]);
        (await ledger.AttemptsAsync("k7m2xqab-2")).Select(attempt => attempt.IsResumed).ShouldBe([null, false]);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_run_whose_next_attempt_never_began_keeps_what_it_reported(Engine engine)
    {
        using var ledger = new TestLedger(engine);
        await ledger.AddAsync();
        await LoseAsync(ledger, "k7m2xqab-1-1", Metric(0, 0.1, 0.5));
        (await ledger.Ledger.ListRunsAsync("k7m2xqab", CancellationToken.None))[0].Metrics.ShouldHaveSingleItem().Last.ShouldBe(0.5);
        (await ledger.Ledger.ListNewestRunsAsync(null, 10, 0, CancellationToken.None))[0].Value.ShouldBe(0.5);
    }

    private static Task<int> LoseAsync(TestLedger ledger, string attempt, MetricSummary metric) => ledger.ApplyAsync(
        TestLedger.Change(AttemptState.Queued, attempt),
        TestLedger.Change(AttemptState.Lost, attempt, 2) with { StartedAt = TestLedger.Start, IsRetried = true, Metrics = [metric] });

    private static Task<int> EndAsync(
        TestLedger ledger, string attempt, bool? isResumed, params MetricSummary[] metrics) => ledger.ApplyAsync(
        TestLedger.Change(AttemptState.Queued, attempt),
        TestLedger.Change(AttemptState.Succeeded, attempt, 4) with
        {
            StartedAt = TestLedger.Start,
            IsResumed = isResumed,
            Metrics = metrics,
        });

    private static MetricSummary Metric(long from, params double[] values) => new()
    {
        Name = "accuracy",
        Count = values.Length,
        First = values[0],
        Last = values[^1],
        Min = values.Min(),
        Max = values.Max(),
        LastStep = from + values.Length - 1,
        Series = [.. values.Select((value, i) => new MetricPoint(from + i, value))],
    };
}
