using System.Text;
using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>Works beside a running command: writes the heartbeat and the metrics' summaries, and checks for a stop mark.</summary>
/// <param name="settings">The intervals and the store.</param>
/// <param name="attempt">The attempt.</param>
/// <param name="metrics">Its metrics.</param>
/// <param name="stop">Gets a request when there is a stop mark.</param>
public sealed class AttemptMonitor(AgentSettings settings, string attempt, MetricRecorder metrics, StopRequest stop)
{
    private readonly AttemptReports _reports = new(settings.Store);
    private long _written;

    /// <summary>Works until cancelled. A request that fails is retried after the interval.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        long? beat = null;
        using var timer = new PeriodicTimer(settings.PollInterval, settings.Time);
        try
        {
            do
            {
                try
                {
                    // The first heartbeat comes at once: without one, a short run could not be told from a dead one.
                    if (beat is not { } last || settings.Time.GetElapsedTime(last) >= settings.Heartbeat)
                    {
                        beat = settings.Time.GetTimestamp();
                        await WriteHeartbeatAsync(cancellationToken);
                    }

                    if (await settings.Store.ExistsAsync(AttemptKeys.StopMark(attempt), cancellationToken))
                        stop.Request(Ending.Cancelled, new Reason.Cancelled());
                    await WriteMetricsAsync(cancellationToken);
                }
                catch (StoreException e)
                {
                    // The command's work is worth more than our records of it. If the store keeps failing, the final report says so.
                    settings.Log.MonitorFailed(attempt, e);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The command has ended.
        }
    }

    /// <summary>Writes the summaries of the metrics if there are new values.</summary>
    public async Task WriteMetricsAsync(CancellationToken cancellationToken)
    {
        var changes = metrics.Changes;
        if (changes == _written) return;
        await _reports.WriteMetricsAsync(attempt, metrics.Summaries(), cancellationToken);
        _written = changes;
    }

    private Task WriteHeartbeatAsync(CancellationToken cancellationToken)
    {
        var now = settings.Time.GetUtcNow().ToUnixTimeMilliseconds();
        return settings.Store.WriteAsync(AttemptKeys.Heartbeat(attempt), Encoding.ASCII.GetBytes($"{now}"), cancellationToken);
    }
}
