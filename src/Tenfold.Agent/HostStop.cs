using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;

namespace Tenfold.Agent;

/// <summary>Finds out why the host ends the job, and corrects an attempt's report by that.</summary>
/// <param name="host">The host.</param>
/// <param name="attempt">The attempt, for events.</param>
/// <param name="settings">The clock and the log.</param>
internal sealed class HostStop(IAgentHost host, string attempt, AgentSettings settings)
{
    // A scheduler that signals every process of a job may signal the command first and the agent a moment later.
    private static readonly TimeSpan SignalsApart = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan InquiryTimeout = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<StopCause> _cause = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins to ask the host. The answer is awaited by <see cref="ExplainAsync"/>.</summary>
    public void StartInquiry() => _ = InquireAsync();

    /// <summary>Replaces an ending that only the agent's SIGTERM explains by the host's cause.</summary>
    /// <param name="report">How the command ended.</param>
    /// <param name="stop">What was requested.</param>
    /// <param name="preempted">Cancelled when the host ends the job. <see cref="StartInquiry"/> is called then.</param>
    public async Task<AttemptReport> ExplainAsync(AttemptReport report, StopRequest stop, CancellationToken preempted)
    {
        var isTerminated = report is { Ending: Ending.Signalled, Signal: 15 } or { Ending: Ending.Exited, ExitCode: 128 + 15 };
        if (isTerminated && !preempted.IsCancellationRequested)
            await Task.Delay(SignalsApart, settings.Time, preempted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        var isByHost = isTerminated || (stop.Ending == Ending.Lost && report.Ending == Ending.Lost);
        if (!preempted.IsCancellationRequested || !isByHost) return report;
        var cause = await _cause.Task;
        return report with { State = AttemptRunner.StateOf(cause.Ending), Ending = cause.Ending, Reason = cause.Reason };
    }

    private async Task InquireAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(InquiryTimeout, settings.Time);
            var cause = await host.WhyStoppedAsync(timeout.Token).WaitAsync(timeout.Token);
            settings.Log.HostStops(attempt, cause.Ending);
            _cause.TrySetResult(cause);
        }
        catch (Exception e)
        {
            settings.Log.HostCauseUnknown(attempt, e);
            _cause.TrySetResult(StopCause.MachineLost);
        }
    }
}
