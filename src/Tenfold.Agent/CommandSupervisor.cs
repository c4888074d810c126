using Tenfold.Agent.Output;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent;

/// <summary>Runs one command from its start until none of its processes is left.</summary>
/// <param name="settings">The grace between SIGTERM and SIGKILL, and the clock.</param>
/// <param name="log">Takes what it prints.</param>
/// <param name="metrics">Finds the metrics in what it prints.</param>
public sealed class CommandSupervisor(AgentSettings settings, AttemptLog log, MetricRecorder metrics)
{
    // A .NET timer runs for 49 days at most. For a longer limit it is set again.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly Tail _errors = new();
    private long _lines;

    /// <summary>Runs the command.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="environment">All of its environment, with the attempt under <see cref="QueueWork.Marker"/>.</param>
    /// <param name="limit">How long it may run; null for ever.</param>
    /// <param name="stop">Asks it to stop.</param>
    /// <param name="started">Called with the process id once it runs.</param>
    /// <returns>How it ended, for the report: state, ending, reason, exit code, signal, and the resources that it used.</returns>
    public async Task<AttemptReport> RunAsync(
        CommandLine command, string folder, IReadOnlyDictionary<string, string> environment, TimeSpan? limit, StopRequest stop,
        Func<int, Task> started)
    {
        var attempt = environment[QueueWork.Marker];
        ChildProcess process;
        GroupReaper.AdoptOrphans();
        try
        {
            process = ChildProcess.Start(
                new ProcessStart
                {
                    Program = command.Program,
                    Arguments = command.Arguments,
                    Environment = environment,
                    Folder = folder,
                    CaptureOutput = true,
                },
                settings.Time);
        }
        catch (ProcessStartException e)
        {
            return new AttemptReport { State = AttemptState.Failed, Ending = Ending.NotStarted, Reason = new Reason.NotStarted(e.Message) };
        }

        var read = Task.WhenAll(LineReader.ReadAsync(process.Output!, TakeOutput), LineReader.ReadAsync(process.Error!, TakeErrors));
        bool isStopped;
        ProcessEnd end;
        try
        {
            await started(process.Id);
            isStopped = await WaitAsync(process, attempt, limit, stop);
            end = await process.Ended;
        }
        finally
        {
            // Whatever the command left behind is killed: its group, and what moved out of it. Only then do the pipes end. This happens
            // also when the start could not be reported: no process may run without a supervisor.
            process.Kill();
            ProcessTable.KillMarked(QueueWork.Marker, attempt);
        }

        var isRead = await IsReadAsync(read);
        var used = await UsedAsync(process);
        GroupReaper.ReapStrays();
        return Judge(end, isStopped ? stop : null) with
        {
            ExitCode = end.ExitCode,
            Signal = end.Signal,
            PeakMemoryBytes = used?.PeakMemoryBytes,
            CpuSeconds = used?.CpuTime.TotalSeconds,
            Warnings = isRead ? [] : [new Warning.OutputHeldOpen()],
        };
    }

    // A process that took another environment and another session is not found and not killed, and must not delay the end. But while lines
    // come, some of them were printed before.
    private async Task<bool> IsReadAsync(Task read)
    {
        while (true)
        {
            var lines = Interlocked.Read(ref _lines);
            if (await Task.WhenAny(read, Task.Delay(settings.Grace, settings.Time)) == read)
            {
                await read;
                return true;
            }

            if (Interlocked.Read(ref _lines) == lines) return false;
        }
    }

    // What the whole group used. Its last process was killed just now; if a broken disk holds that in the kernel, the figures stay unknown.
    private async Task<ProcessEnd?> UsedAsync(ChildProcess process) =>
        await Task.WhenAny(process.GroupEnded, Task.Delay(settings.Grace, settings.Time)) == process.GroupEnded ? await process.GroupEnded
            : null;

    /// <returns>True when it was stopped, false when it ended by itself.</returns>
    private async Task<bool> WaitAsync(ChildProcess process, string attempt, TimeSpan? limit, StopRequest stop)
    {
        using var timer = limit is { } time ? StartLimitTimer(time, stop) : null;
        var requested = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Token.Register(() => requested.TrySetResult());
        if (await Task.WhenAny(process.Ended, requested.Task) == process.Ended) return false;

        log.Say($"stopping: {stop.Reason}");
        settings.Log.CommandStopping(attempt, stop.Ending);
        process.Terminate();
        // The shell may end at once while the script behind it still saves its work, so wait for the whole group.
        var (since, grace) = (settings.Time.GetTimestamp(), settings.Grace);
        for (var isPreempted = false; settings.Time.GetElapsedTime(since) < grace;)
        {
            if (process.Ended.IsCompleted && !ProcessTable.GroupIsAlive(process.Id)) return true;
            if (stop.IsPreempted && !isPreempted)
            {
                // The host may end the job also while the command saves its work after a cancel.
                isPreempted = true;
                var left = settings.Time.GetElapsedTime(since) + settings.PreemptionGrace;
                if (left < grace) grace = left;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), settings.Time);
        }

        log.Say($"it did not end within {ReasonText.Duration(grace)} after SIGTERM: SIGKILL");
        settings.Log.CommandKilled(attempt, grace.TotalSeconds);
        process.Kill();
        return true;
    }

    private ITimer StartLimitTimer(TimeSpan limit, StopRequest stop)
    {
        var since = settings.Time.GetTimestamp();
        ITimer? timer = null;
        timer = settings.Time.CreateTimer(_ => Check(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Check();
        return timer;

        void Check()
        {
            var left = limit - settings.Time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero) stop.Request(Ending.TimeLimit, new Reason.TimeLimit(limit));
            else timer!.Change(left < LongestTimer ? left : LongestTimer, Timeout.InfiniteTimeSpan);
        }
    }

    private AttemptReport Judge(ProcessEnd end, StopRequest? stop)
    {
        if (stop is not null)
            return new AttemptReport { State = AttemptRunner.StateOf(stop.Ending), Ending = stop.Ending, Reason = stop.Reason };
        if (end.ExitCode == 0) return new AttemptReport { State = AttemptState.Succeeded, Ending = Ending.Exited };
        var last = _errors.ToString() is { Length: > 0 } lines ? lines : null;
        return new AttemptReport
        {
            State = AttemptState.Failed,
            Ending = end.Signal is null ? Ending.Exited : Ending.Signalled,
            Reason = end.Signal is { } signal ? new Reason.Signalled(signal, last) : new Reason.Exited(end.ExitCode, last),
        };
    }

    private void TakeOutput(ReadOnlySpan<byte> line, bool isPiece, bool goesOn)
    {
        Interlocked.Increment(ref _lines);
        log.Write('o', line, goesOn);
        if (!isPiece) metrics.Record(log.Redact(line), isStandardOutput: true);
    }

    private void TakeErrors(ReadOnlySpan<byte> line, bool isPiece, bool goesOn)
    {
        Interlocked.Increment(ref _lines);
        log.Write('e', line, goesOn);
        _errors.Add(log.Redact(line)); // Redact first: the tail cuts long lines, and a part of a secret would not be found any more.
        if (!isPiece) metrics.Record(log.Redact(line), isStandardOutput: false);
    }
}
