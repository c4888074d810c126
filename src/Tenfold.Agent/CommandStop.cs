using Tenfold.Agent.Output;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;

namespace Tenfold.Agent;

/// <summary>Waits for a command to end, or stops it: its processes get SIGTERM once, and then time to save their work.</summary>
/// <param name="process">The command's first process.</param>
/// <param name="attempt">The attempt, for events.</param>
/// <param name="stop">Asks the command to stop.</param>
/// <param name="probe">Tells whether the host signals every process; null without a host.</param>
/// <param name="settings">The times to save, and the clock.</param>
/// <param name="log">Receives notes for the user.</param>
internal sealed class CommandStop(
    ChildProcess process, string attempt, StopRequest stop, SignalProbe? probe, AgentSettings settings, AttemptLog log)
{
    private const int Terminated = 15, ExitAfterTerminated = 128 + Terminated;

    // A host signals its processes one after another, and a busy machine may be late to notice.
    private static readonly TimeSpan SignalsApart = TimeSpan.FromSeconds(2), WitnessDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When the command got SIGTERM, from the host or from this process; null when it got none.</summary>
    public DateTimeOffset? SignalledAt { get; private set; }

    /// <summary>Waits until the command has ended, or has used up its time to save.</summary>
    /// <returns>True when it was stopped, false when it ended by itself. Processes of its group may be left.</returns>
    public async Task<bool> WaitAsync()
    {
        await using var registration = stop.Token.Register(() => _requested.TrySetResult());
        var isEnded = await Task.WhenAny(process.Ended, _requested.Task) == process.Ended;
        if (isEnded && !await IsStoppedByHostAsync()) return false;

        log.Note($"stopping: {stop.Reason}");
        settings.Log.CommandStopping(attempt, stop.Ending);
        var requestedAt = settings.Time.GetUtcNow();
        if (!await IsSignalledByHostAsync())
        {
            requestedAt = settings.Time.GetUtcNow();
            process.Terminate();
        }

        SignalledAt ??= requestedAt;
        await WaitForGroupAsync();
        return true;
    }

    // A host that signals every process may end the shell while the script behind it saves its work, and signal this process a moment
    // later. So the group is left alone as long as it lives, within the time that the host leaves it.
    private async Task<bool> IsStoppedByHostAsync()
    {
        var end = await process.Ended;
        var isTerminated = end.Signal == Terminated || end.ExitCode == ExitAfterTerminated;
        if (settings.Host is null || (!isTerminated && probe?.IsSignalled != true)) return false;

        SignalledAt = settings.Time.GetUtcNow();
        var since = settings.Time.GetTimestamp();
        while (!_requested.Task.IsCompleted)
        {
            var time = ProcessTable.GroupIsAlive(process.Id) ? settings.PreemptionGrace
                : probe?.IsSignalled == true ? SignalsApart
                : TimeSpan.Zero;
            if (settings.Time.GetElapsedTime(since) >= time) break;
            await Task.WhenAny(_requested.Task, Task.Delay(Pause, settings.Time));
        }

        return _requested.Task.IsCompleted;
    }

    // A second SIGTERM would make a script begin its save again, or end during it.
    private async Task<bool> IsSignalledByHostAsync()
    {
        if (probe?.IsSignalled == true) return true;
        if (!stop.IsPreempted || probe is null) return false;
        if (SignalledAt is not null) return true;
        var delay = WitnessDelay < settings.PreemptionGrace ? WitnessDelay : settings.PreemptionGrace;
        return await probe.IsSignalledWithinAsync(delay, settings.Time);
    }

    // The shell may end at once while the script behind it still saves its work, so the whole group counts.
    private async Task WaitForGroupAsync()
    {
        var (since, grace) = (settings.Time.GetTimestamp(), settings.Grace);
        for (var isPreempted = false; settings.Time.GetElapsedTime(since) < grace;)
        {
            if (process.Ended.IsCompleted && !ProcessTable.GroupIsAlive(process.Id)) return;
            if (stop.IsPreempted && !isPreempted)
            {
                // The host may also end the job while the command saves its work after a cancel.
                isPreempted = true;
                var left = settings.Time.GetElapsedTime(since) + settings.PreemptionGrace;
                if (left < grace) grace = left;
            }

            await Task.Delay(Pause, settings.Time);
        }

        log.Note($"it did not end within {ReasonText.Duration(grace)} after SIGTERM: SIGKILL");
        settings.Log.CommandKilled(attempt, grace.TotalSeconds);
    }
}
