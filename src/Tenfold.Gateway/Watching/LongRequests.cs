using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Watching;

/// <summary>
/// Protects tasks that answer long requests: ECS does not choose them when a version shrinks. Short requests need no protection, because a
/// task that is to end finishes them.
/// </summary>
/// <remarks>Source: ECS API, UpdateTaskProtection. Decision 41 says why gateways do this.</remarks>
/// <param name="routes">The routes in force.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class LongRequests(RouteTable routes, TimeProvider time, ILogger<LongRequests> log) : BackgroundService
{
    // A task that is to end has 60 s for what it has begun. A request is found after one period at the earliest, after two at the latest.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>Protects the tasks whose requests began before the period that ends now, and begins another period.</summary>
    public async Task ProtectAsync(CancellationToken cancellationToken)
    {
        foreach (var endpoint in routes.Models.Values.SelectMany(model => model.Versions.Values))
        {
            if (endpoint.BeginPeriod() is not { Count: > 0 } busy) continue;
            try
            {
                await endpoint.Replicas.ProtectAsync(busy, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The task finishes what it can when it is chosen, and the next period tries again.
                log.NotProtected(endpoint.Version.Model, endpoint.Version.Version, e.Message);
            }
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => SocketThreads.RunElsewhereAsync(async () =>
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await ProtectAsync(stoppingToken);
    });
}
