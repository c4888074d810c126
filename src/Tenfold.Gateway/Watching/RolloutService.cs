using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.App.Serving.Rollouts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Requests;
using Tenfold.Gateway.Forwarding;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Watching;

/// <summary>
/// Watches the versions that share a model's traffic, and takes a faulty one's traffic away. While the ledger is unreachable, nothing
/// changes, and the requests are still counted.
/// </summary>
/// <param name="watch">What judges the versions.</param>
/// <param name="table">The routes in force.</param>
/// <param name="pause">The pause between two looks.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class RolloutService(
    RolloutWatch watch, RouteTable table, TimeSpan pause, TimeProvider time, ILogger<RolloutService> log) : BackgroundService
{
    /// <summary>Counts a request that has ended.</summary>
    public void Count(Exchange exchange, int status, RequestOutcome outcome, TimeSpan latency)
    {
        // The client's own faults, and clients that leave, say nothing about a version.
        if (exchange.IsPinned || outcome is RequestOutcome.ClientGone or RequestOutcome.Rejected) return;
        watch.Count(exchange.Model, new()
        {
            Version = exchange.Assignment.Version,
            RouteRevision = exchange.Assignment.RouteRevision,
            Key = exchange.Key,
            Id = exchange.Call.Id,
            IsFailed = RequestWords.IsServerFault(status, outcome),
            Latency = latency,
        });
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        SocketThreads.RunElsewhereAsync(() => WatchAsync(stoppingToken));

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(pause, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                foreach (var (model, status) in await watch.LookAsync(HealthOf, cancellationToken))
                    if (status.State == RolloutState.Failed) log.VersionRolledBack(model, status.Candidate, $"{status.Reason}");
            }
            catch (Exception e) when (e is LedgerException or IOException or InvalidDataException or UnauthorizedAccessException)
            {
                log.RolloutsNotJudged(e.Message);
            }
        }
    }

    // A version that this gateway has not started yet has no health. One that a waiting route names still starts, which is no failure
    // unless it crashes again and again.
    private ArmHealth? HealthOf(string model, string version)
    {
        if (table.Find(model) is not { } route || !route.Versions.TryGetValue(version, out var endpoint)) return null;
        var replicas = endpoint.Replicas;
        if (route.Pending is not null && !endpoint.IsReady && !replicas.IsCrashLooping) return null;
        return new ArmHealth(endpoint.IsReady, replicas.IsCrashLooping, replicas.Fault?.Split('\n')[0]);
    }
}
