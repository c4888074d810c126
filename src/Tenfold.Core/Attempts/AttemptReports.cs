using System.Text.Json;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Core.Attempts;

/// <summary>Reads and writes the reports of agents.</summary>
/// <param name="store">The store of the attempts.</param>
public sealed class AttemptReports(IStore store)
{
    private const double MostSeconds = 1e11;
    private const long MostValues = 1L << 40;

    private static readonly DateTimeOffset LastTime = new(3000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads the latest report; null when no agent has started the attempt.</summary>
    public async Task<AttemptReport?> ReadAsync(string attempt, CancellationToken cancellationToken)
    {
        var bytes = await store.ReadAsync(AttemptKeys.State(attempt), cancellationToken);
        try
        {
            var report = bytes is null ? null : JsonSerializer.Deserialize(bytes, AttemptJson.Default.AttemptReport);
            return report is null || FaultOf(report) is not { } fault ? report : throw new JsonException(fault);
        }
        catch (JsonException e)
        {
            throw new StoreException(
                $"{AttemptKeys.State(attempt)} in {store.Url} is damaged ({e.Message}); delete it and `tenfold retry` the run.",
                e, isDamaged: true);
        }
    }

    /// <summary>Reads the summaries of the attempt's metrics; empty when there are none yet.</summary>
    public async Task<IReadOnlyList<MetricSummary>> ReadMetricsAsync(string attempt, CancellationToken cancellationToken)
    {
        var bytes = await store.ReadAsync(AttemptKeys.Metrics(attempt), cancellationToken);
        try
        {
            var metrics = bytes is null ? [] : JsonSerializer.Deserialize(bytes, AttemptJson.Default.ListMetricSummary) ?? [];
            return metrics.TrueForAll(IsPossible) ? metrics : throw new JsonException("a metric has an impossible number of values");
        }
        catch (JsonException e)
        {
            throw new StoreException(
                $"{AttemptKeys.Metrics(attempt)} in {store.Url} is damaged ({e.Message}); `tenfold retry` the run.", e, isDamaged: true);
        }
    }

    // Whoever can write to the store can write a report. What no agent reports must not reach the ledger, where it would damage the record.
    private static string? FaultOf(AttemptReport report) =>
        !Enum.IsDefined(report.State) || !Enum.IsDefined(report.Ending) ? "its state is unknown"
        : !IsPossible(report.StartedAt) || !IsPossible(report.EndedAt) || !IsPossible(report.CheckpointAt) ? "it has an impossible time"
        : report.CpuSeconds is not (null or (>= 0 and < MostSeconds)) ? "it has an impossible processor time"
        : report.Warnings.Any(warning => warning is null or Warning.Note { Text: null }) ? "it has an empty warning"
        : null;

    private static bool IsPossible(DateTimeOffset? time) => time is null || (time >= DateTimeOffset.UnixEpoch && time < LastTime);

    private static bool IsPossible(MetricSummary? metric) =>
        metric is { Count: >= 0 and <= MostValues, NonFinite: >= 0 and <= MostValues };

    /// <summary>Replaces the report.</summary>
    public Task WriteAsync(string attempt, AttemptReport report, CancellationToken cancellationToken) =>
        store.WriteAsync(
            AttemptKeys.State(attempt), JsonSerializer.SerializeToUtf8Bytes(report, AttemptJson.Default.AttemptReport), cancellationToken);

    /// <summary>Replaces the metrics' summaries.</summary>
    public Task WriteMetricsAsync(string attempt, List<MetricSummary> metrics, CancellationToken cancellationToken) =>
        store.WriteAsync(
            AttemptKeys.Metrics(attempt),
            JsonSerializer.SerializeToUtf8Bytes(metrics, AttemptJson.Default.ListMetricSummary), cancellationToken);
}
