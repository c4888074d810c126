using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;

namespace Tenfold.Sql;

/// <content>Metrics.</content>
public sealed partial class SqlLedger
{
    private const string InsertMetric =
        """
        INSERT INTO metrics (attempt_id, name, count, non_finite, first, last, min, max, last_step, series, pattern)
        VALUES (@attempt, @name, @count, @nonfinite, @first, @last, @min, @max, @step, @series, @pattern)
        """;

    /// <inheritdoc/>
    public Task RecordMetricsReadAsync(
        string group, IReadOnlyDictionary<string, IReadOnlyList<MetricSummary>> metrics, DateTimeOffset at,
        CancellationToken cancellationToken) => database.WriteAsync(async (connection, transaction) =>
    {
        var statements = new Batch(connection, transaction);
        foreach (var read in metrics.Values.SelectMany(ofAttempt => ofAttempt).GroupBy(metric => (metric.Name, metric.Pattern)))
        {
            statements.Add(
                """
                DELETE FROM metrics WHERE name = @name AND pattern IS NOT NULL AND attempt_id IN
                    (SELECT a.id FROM attempts a JOIN runs r ON r.id = a.run_id WHERE r.group_id = @group)
                """,
                ("@name", read.Key.Name), ("@group", group));
            AddEventTo(
                statements, at, group, "metrics-read", $"{read.Key.Name} from {read.Count()} log{(read.Count() == 1 ? "" : "s")} " +
                $"with the pattern {read.Key.Pattern}");
        }

        foreach (var (attempt, ofAttempt) in metrics)
            foreach (var metric in ofAttempt) statements.Add($"{InsertMetric} ON CONFLICT DO NOTHING", ValuesOf(attempt, metric));
        await statements.RunAsync(cancellationToken);
        return metrics.Count;
    }, cancellationToken);

    private static (string Name, object? Value)[] ValuesOf(string attempt, MetricSummary metric) =>
    [
        ("@attempt", attempt), ("@name", metric.Name), ("@count", metric.Count), ("@nonfinite", metric.NonFinite),
        ("@first", metric.First), ("@last", metric.Last), ("@min", metric.Min), ("@max", metric.Max), ("@step", metric.LastStep),
        ("@series", JsonSerializer.Serialize([.. metric.Series], AttemptJson.Default.ListMetricPoint)), ("@pattern", metric.Pattern),
    ];
}
