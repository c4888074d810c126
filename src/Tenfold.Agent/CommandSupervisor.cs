using Tenfold.Agent.Output;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;

namespace Tenfold.Agent;

/// <summary>Runs one command from its start until no process of it is left.</summary>
/// <param name="settings">The grace between SIGTERM and SIGKILL, and the clock.</param>
/// <param name="log">Takes what it prints.</param>
/// <param name="metrics">Takes the metrics in what it prints.</param>
public sealed class CommandSupervisor(AgentSettings settings, AttemptLog log, MetricRecorder metrics)
{
    // A timer takes no more than 49 days: for a longer limit it is set again.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly Tail _errors = new();
    private long _lines;

    /// <summary>Runs the command.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="environment">All of its environment.</param>
    /// <param name="limit">How long it may take; null for ever.</param>
    /// <param name="stop">Asks it to stop.</param>
    /// <param name="started">Called with the process id once it runs.</param>
    /// <returns>How it ended, for the report: state, ending, reason, exit code, signal and what it used.</returns>
    public async Task<AttemptReport> RunAsync(
        CommandLine command, string folder, IReadOnlyDictionary<string, string> environment, TimeSpan? limit, StopRequest stop, Func<int, Task> started)
    {
        ChildProcess process;
        GroupReaping.AdoptOrphans();
        try
        {
            process = ChildProcess.Start(new ProcessStart
            {
                Program = command.Program,
                Arguments = command.Arguments,
                Environment = environment,
                Folder = folder,
                CaptureOutput = true,
            }, settings.Time);
        }
        catch (ProcessStartException e)
        {
            return new AttemptReport { State = AttemptState.Failed, Ending = Ending.NotStarted, Reason = e.Message };
        }

        var read = Task.WhenAll(LineReader.ReadAsync(process.Output!, TakeOutput), LineReader.ReadAsync(process.Error!, TakeErrors));
        bool stopped;
        ProcessEnd end;
        try
        {
            await started(process.Id);
            stopped = await WaitAsync(process, limit, stop);
            end = await process.Ended;
        }
        finally
        {
            // Whatever it left behind goes: its group, and what moved out of it. Only then do the pipes end. The same when it could not be
            // reported that it runs: nothing runs that nobody watches.
            process.Kill();
            ProcessTable.KillMarked(QueueWork.Marker, environment[QueueWork.Marker]);
        }

        var isRead = await IsReadAsync(read);
        var used = await UsedAsync(process);
        GroupReaping.ReapStrays();
        return Judge(end, stopped ? stop : null) with
        {
            ExitCode = end.ExitCode,
            Signal = end.Signal,
            PeakMemoryBytes = used?.PeakMemoryBytes,
            CpuSeconds = used?.CpuTime.TotalSeconds,
            Warnings = isRead ? [] : ["a process that it left behind, and that hides from its environment and its group, holds its output open; what that prints is lost"],
        };
    }

    // A process that took another environment and another session is not found: it must not hold the end up as well. As long as lines
    // come, there are some left from before.
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

    // Of the whole group, whose last process was killed just now. One that a broken disk holds can't be waited for: then it is not known.
    private async Task<ProcessEnd?> UsedAsync(ChildProcess process) =>
        await Task.WhenAny(process.GroupEnded, Task.Delay(settings.Grace, settings.Time)) == process.GroupEnded ? await process.GroupEnded : null;

    /// <returns>True when it was stopped, false when it ended by itself.</returns>
    private async Task<bool> WaitAsync(ChildProcess process, TimeSpan? limit, StopRequest stop)
    {
        using var timer = limit is { } time ? LimitTimer(time, stop) : null;
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Token.Register(() => asked.TrySetResult());
        if (await Task.WhenAny(process.Ended, asked.Task) == process.Ended) return false;

        log.Say($"stopping: {stop.Reason}");
        process.Terminate();
        // The shell may be gone at once while the script behind it still saves its work: wait for the whole group.
        var (since, grace) = (settings.Time.GetTimestamp(), settings.Grace);
        for (var isTaken = false; settings.Time.GetElapsedTime(since) < grace;)
        {
            if (process.Ended.IsCompleted && !ProcessTable.GroupIsAlive(process.Id)) return true;
            if (stop.IsTaken && !isTaken)
            {
                // At once, or while it saves after a cancel.
                isTaken = true;
                var left = settings.Time.GetElapsedTime(since) + settings.GraceWhenTaken;
                if (left < grace) grace = left;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), settings.Time);
        }

        log.Say($"it did not end within {Words(grace)} after SIGTERM: SIGKILL");
        process.Kill();
        return true;
    }

    private ITimer LimitTimer(TimeSpan limit, StopRequest stop)
    {
        var since = settings.Time.GetTimestamp();
        ITimer? timer = null;
        timer = settings.Time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Look();
        return timer;

        void Look()
        {
            var left = limit - settings.Time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero) stop.Ask(Ending.TimeLimit, $"it passed its time limit of {Words(limit)} (resources.max_runtime)");
            else timer!.Change(left < LongestTimer ? left : LongestTimer, Timeout.InfiniteTimeSpan);
        }
    }

    private AttemptReport Judge(ProcessEnd end, StopRequest? stop)
    {
        if (stop is not null)
        {
            return new AttemptReport
            {
                State = AttemptRunner.StateOf(stop.Ending),
                Ending = stop.Ending,
                Reason = stop.Reason,
            };
        }

        if (end.ExitCode == 0) return new AttemptReport { State = AttemptState.Succeeded, Ending = Ending.Exited };
        var how = end.Signal is { } signal
            ? $"killed by {SignalName(signal)}{(signal == 9 ? " (out of memory? see `dmesg`)" : "")}"
            : end.ExitCode is { } code ? $"exit code {code}" : "its end could not be seen";
        var last = _errors.ToString();
        return new AttemptReport
        {
            State = AttemptState.Failed,
            Ending = end.Signal is null ? Ending.Exited : Ending.Signalled,
            Reason = last.Length > 0 ? $"{how}\n{last}" : how,
        };
    }

    private void TakeOutput(ReadOnlySpan<byte> line, bool isPiece, bool goesOn)
    {
        Interlocked.Increment(ref _lines);
        log.Write('o', line, goesOn);
        if (!isPiece) metrics.Take(log.Redact(line), isStandardOutput: true);
    }

    private void TakeErrors(ReadOnlySpan<byte> line, bool isPiece, bool goesOn)
    {
        Interlocked.Increment(ref _lines);
        log.Write('e', line, goesOn);
        _errors.Add(log.Redact(line)); // before it is cut: a part of a secret could not be found any more
        if (!isPiece) metrics.Take(log.Redact(line), isStandardOutput: false);
    }

    private static string SignalName(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        _ => $"signal {signal}",
    };

    private static string Words(TimeSpan time) => time.TotalSeconds < 120 ? $"{time.TotalSeconds:0.#} s" : time.TotalMinutes < 120 ? $"{time.TotalMinutes:0.#} min" : $"{time.TotalHours:0.#} h";
}
