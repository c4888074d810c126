using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.App.Pushes;
using Tenfold.App.Pushes.Schedules;

namespace Tenfold.Server.Control;

/// <summary>Reads deliveries after they were answered, and follows the pushes to which they led.</summary>
/// <param name="options">The pause between rounds without a delivery.</param>
/// <param name="parts">The services.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class PushService(ServerOptions options, ServerParts parts, ILogger<PushService> logger) : BackgroundService
{
    private readonly DeliveryWorker _deliveries = new(parts.Services.Pushes, parts.Repositories);
    private readonly PushRounds _rounds = new(
        parts.Services, new RepositoryAccess(parts.Services, parts.Repositories), parts.Services.Logs.CreateLogger<PushRounds>(),
        mail: parts.Mail);
    private readonly ScheduleRounds _schedules = new(
        parts.Services, new RepositoryAccess(parts.Services, parts.Repositories), parts.Services.Logs.CreateLogger<ScheduleRounds>());
    private readonly DeliveryPruner _pruner = new(parts.Services.Pushes, parts.KeepDeliveries, parts.Services.Time);
    private readonly SemaphoreSlim _wakes = new(0, 1);

    /// <summary>Begins a round at once.</summary>
    public void Wake()
    {
        try
        {
            _wakes.Release();
        }
        catch (SemaphoreFullException)
        {
            // A round is about to begin already.
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _wakes.Dispose();
        _rounds.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _deliveries.RunAsync(stoppingToken);
                await _schedules.RunAsync(stoppingToken);
                await _rounds.RunAsync(stoppingToken);
                if (await _pruner.RunAsync(stoppingToken) is > 0 and var removed) logger.BodiesRemoved(removed);
                await _wakes.WaitAsync(options.ControlPause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.PushRoundFailed(e);
                await Task.Delay(options.ControlPause, parts.Services.Time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
