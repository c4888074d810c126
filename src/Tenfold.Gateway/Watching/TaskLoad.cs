using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Watching;

/// <summary>
/// Reports once a minute how many requests each task of a version got, from which AWS decides how many tasks it runs. The report is a line
/// of the log that CloudWatch reads as a metric. Several gateways' reports add up.
/// </summary>
/// <remarks>Source: CloudWatch user guide, "Embedded metric format specification".</remarks>
/// <param name="cluster">The cluster of ECS.</param>
/// <param name="routes">The routes in force.</param>
/// <param name="metrics">The counts.</param>
/// <param name="output">Receives the lines.</param>
/// <param name="time">The clock.</param>
internal sealed class TaskLoad(string cluster, RouteTable routes, GatewayMetrics metrics, TextWriter output, TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, double> _before = [];

    /// <summary>Writes the lines of one minute.</summary>
    public void Report()
    {
        foreach (var endpoint in routes.Models.Values.SelectMany(model => model.Versions.Values))
        {
            if (endpoint.Version.Service is not { } service) continue;
            var total = metrics.TotalOf(endpoint.Version.Model, endpoint.Version.Version);
            var load = (total - _before.GetValueOrDefault(service)) / Math.Max(1, endpoint.Replicas.Ready.Count);
            _before[service] = total;
            output.WriteLine(Line(service, load));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Report();
    }

    private string Line(string service, double load)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("_aws");
            json.WriteNumber("Timestamp", time.GetUtcNow().ToUnixTimeMilliseconds());
            json.WriteStartArray("CloudWatchMetrics");
            json.WriteStartObject();
            json.WriteString("Namespace", "Tenfold");
            json.WriteStartArray("Dimensions");
            json.WriteStartArray();
            json.WriteStringValue("Cluster");
            json.WriteStringValue("Service");
            json.WriteEndArray();
            json.WriteEndArray();
            json.WriteStartArray("Metrics");
            json.WriteStartObject();
            json.WriteString("Name", "RequestsPerTask");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteString("Cluster", cluster);
            json.WriteString("Service", service);
            json.WriteNumber("RequestsPerTask", load);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
