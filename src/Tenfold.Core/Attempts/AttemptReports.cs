using System.Text.Json;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Core.Attempts;

/// <summary>Reads and writes the reports of agents.</summary>
/// <param name="store">The store of the attempts.</param>
public sealed class AttemptReports(IStore store)
{
    /// <summary>Reads the latest report; null when no agent has started the attempt.</summary>
    public async Task<AttemptReport?> ReadAsync(string attempt, CancellationToken cancellationToken)
    {
        var bytes = await store.ReadAsync(AttemptKeys.State(attempt), cancellationToken);
        try
        {
            return bytes is null ? null : JsonSerializer.Deserialize(bytes, AttemptJson.Default.AttemptReport);
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
            return bytes is null ? [] : JsonSerializer.Deserialize(bytes, AttemptJson.Default.ListMetricSummary) ?? [];
        }
        catch (JsonException e)
        {
            throw new StoreException(
                $"{AttemptKeys.Metrics(attempt)} in {store.Url} is damaged ({e.Message}); `tenfold retry` the run.", e, isDamaged: true);
        }
    }

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
