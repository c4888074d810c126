using Microsoft.Extensions.Hosting;

namespace Tenfold.Server.Control;

/// <summary>
/// Begins a round of the control loop when a run of this machine has started or ended, so that a study asks for its next trial at once.
/// The ends of runs elsewhere are seen by the next round.
/// </summary>
/// <param name="parts">The services.</param>
/// <param name="control">The control loop.</param>
internal sealed class QueueService(ServerParts parts, ControlService control) : BackgroundService
{
    // How many times as long as a round the loop rests at least, as commands do that watch runs of this machine.
    private const int Rest = 5;

    // A look is a single call of the system.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var (queue, time) = (parts.Services.Queue, parts.Services.Time);
        var (seen, wokenAt) = (queue.RunningStamp(), time.GetTimestamp());
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = queue.RunningStamp();
            // A change during the rest is seen after it.
            if (now == seen || time.GetElapsedTime(wokenAt) < control.Took * Rest) continue;
            (seen, wokenAt) = (now, time.GetTimestamp());
            control.Wake();
        }
    }
}
