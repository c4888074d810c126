using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.App.Pools;

namespace Tenfold.Server.Control;

/// <summary>Watches the instances of pools, from outside of them.</summary>
/// <param name="parts">The services.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class PoolService(ServerParts parts, ILogger<PoolService> logger) : BackgroundService
{
    // Each round asks EC2 once for each list of instances.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly PoolNotices _notices = new(parts.Services, parts.Mail, parts.MailTo);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _notices.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var watch = new PoolWatch(parts.Services, _notices, parts.Services.Logs.CreateLogger<PoolWatch>());
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await watch.RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.PoolRoundFailed(e);
            }

            await Task.Delay(Pause, parts.Services.Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
