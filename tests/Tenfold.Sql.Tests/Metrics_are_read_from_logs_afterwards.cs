using Tenfold.Core.Runs;

namespace Tenfold.Sql.Tests;

public abstract class Metrics_are_read_from_logs_afterwards(Engine engine) : IDisposable
{
    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Metrics_that_are_read_later_replace_only_those_that_were_read_before()
    {
        await _test.AddAsync(repeat: 2);
        await _test.ApplyAsync(
            TestLedger.Change(AttemptState.Succeeded, "k7m2xqab-1-1") with { Metrics = [Metric("loss", 1, null)] },
            TestLedger.Change(AttemptState.Succeeded, "k7m2xqab-2-1") with { Metrics = [Metric("loss", 2, null)] });
        await ReadAsync(Metric("acc", 0.5, "acc=(.+)"), Metric("loss", 9, "loss=(.+)"));
        (await MetricsAsync()).ShouldBe([("acc", 0.5, "acc=(.+)"), ("loss", 1, null)]);
        await ReadAsync(Metric("acc", 0.7, "acc (.+)"));
        (await MetricsAsync()).ShouldBe([("acc", 0.7, "acc (.+)"), ("loss", 1, null)]);
        (await _test.EventsAsync("k7m2xqab")).Count(e => e == "k7m2xqab metrics-read").ShouldBe(3);
    }

    private Task ReadAsync(params MetricSummary[] metrics) => _test.Ledger.RecordMetricsReadAsync(
        "k7m2xqab", new Dictionary<string, IReadOnlyList<MetricSummary>> { ["k7m2xqab-1-1"] = metrics }, TestLedger.Start,
        CancellationToken.None);

    private async Task<IReadOnlyList<(string Name, double Last, string? Pattern)>> MetricsAsync() =>
        [.. (await _test.Ledger.ListRunsAsync("k7m2xqab", CancellationToken.None))[0].Metrics
            .Select(metric => (metric.Name, metric.Last, metric.Pattern))];

    private static MetricSummary Metric(string name, double value, string? pattern) => new()
    {
        Name = name,
        Count = 1,
        First = value,
        Last = value,
        Min = value,
        Max = value,
        Series = [new(0, value)],
        Pattern = pattern,
    };

    public sealed class On_SQLite() : Metrics_are_read_from_logs_afterwards(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Metrics_are_read_from_logs_afterwards(Engine.Postgres);
}
