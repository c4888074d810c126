using System.Text;
using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>What goes on beside a running command: the heartbeat, looking for a stop mark, passing the metrics' summaries on.</summary>
/// <param name="settings">The intervals and the store.</param>
/// <param name="attempt">The attempt.</param>
/// <param name="metrics">Its metrics.</param>
/// <param name="stop">Asked when there is a stop mark.</param>
public sealed class AttemptWatch(AgentSettings settings, string attempt, MetricRecorder metrics, StopRequest stop)
{
    private readonly AttemptReports _reports = new(settings.Store);
    private long _passedOn;

    /// <summary>Looks on until cancelled. A store that does not answer for a while is tried again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        long? beat = null;
        using var timer = new PeriodicTimer(settings.Look, settings.Time);
        try
        {
            do
            {
                try
                {
                    // The first at once: a short run has no other sign of life to be told from one that died.
                    if (beat is not { } last || settings.Time.GetElapsedTime(last) >= settings.Heartbeat)
                    {
                        beat = settings.Time.GetTimestamp();
                        var now = settings.Time.GetUtcNow().ToUnixTimeMilliseconds();
                        await settings.Store.WriteAsync(AttemptKeys.Heartbeat(attempt), Encoding.ASCII.GetBytes($"{now}"), cancellationToken);
                    }

                    if (await settings.Store.ExistsAsync(AttemptKeys.StopMark(attempt), cancellationToken)) stop.Ask(Ending.Cancelled, "cancelled");
                    await PassMetricsOnAsync(cancellationToken);
                }
                catch (StoreException)
                {
                    // The end will tell, if it stays so; until then the command's work is worth more than our notes.
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The command has ended.
        }
    }

    /// <summary>Writes the summaries if a value came since the last time.</summary>
    public async Task PassMetricsOnAsync(CancellationToken cancellationToken)
    {
        var changes = metrics.Changes;
        if (changes == _passedOn) return;
        await _reports.WriteMetricsAsync(attempt, metrics.Summaries(), cancellationToken);
        _passedOn = changes;
    }
}
