using Tenfold.Agent.Output;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Checkpoints;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent;

/// <summary>Runs one command from its start until none of its processes is left.</summary>
/// <param name="settings">The grace between SIGTERM and SIGKILL, and the clock.</param>
/// <param name="log">Takes what it prints.</param>
/// <param name="metrics">Finds the metrics in what it prints.</param>
/// <param name="checkpoints">The folder of its checkpoints.</param>
public sealed class CommandSupervisor(AgentSettings settings, AttemptLog log, MetricRecorder metrics, string checkpoints)
{
    // A .NET timer runs for 49 days at most. For a longer limit it is set again.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private const int LingerPolls = 20;
    private static readonly TimeSpan LingerPoll = TimeSpan.FromMilliseconds(10);

    private readonly Tail _errors = new();

    /// <summary>How the command's processes ended, which decides whether its files are complete. Set by <see cref="RunAsync"/>.</summary>
    public WriterEnd WriterEnd { get; private set; } = WriterEnd.Clean;

    /// <summary>Runs the command.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="environment">All of its environment, with the attempt under <see cref="QueueLifecycle.Marker"/>.</param>
    /// <param name="limit">How long it may run; null for ever.</param>
    /// <param name="stop">Asks it to stop.</param>
    /// <param name="started">Called with the process id once it runs.</param>
    /// <returns>How it ended, for the report: state, ending, reason, exit code, signal, and the resources that it used.</returns>
    public async Task<AttemptReport> RunAsync(
        CommandLine command, string folder, IReadOnlyDictionary<string, string> environment, TimeSpan? limit, StopRequest stop,
        Func<int, Task> started)
    {
        var attempt = environment[QueueLifecycle.Marker];
        GroupReaper.AdoptOrphans();
        // The probe starts before the command, so that a host that signals processes in the order of their ids signals the probe first.
        using var probe = SignalProbe.Start(settings, attempt);
        if (Start(command, folder, environment, out var fault) is not { } process)
            return new AttemptReport { State = AttemptState.Failed, Ending = Ending.NotStarted, Reason = fault };
        var output = new CommandStream(log, metrics, isStandardOutput: true);
        var errors = new CommandStream(log, metrics, isStandardOutput: false, _errors);
        var read = Task.WhenAll(
            OutputReader.ReadAsync(process.Output!, output, settings.Time), OutputReader.ReadAsync(process.Error!, errors, settings.Time));
        var stopping = new CommandStop(process, attempt, stop, probe, settings, log);
        var isStopped = false;
        var left = 0;
        IReadOnlySet<FileId>? open = null;
        ProcessEnd end;
        try
        {
            using var timer = limit is { } time ? StartLimitTimer(time, stop) : null;
            await started(process.Id);
            isStopped = await stopping.WaitAsync();
            if (!isStopped && process.Ended is { IsCompletedSuccessfully: true, Result.ExitCode: 0 })
                left = await CountLeftAsync(process.Id);
        }
        finally
        {
            // Whatever the command left behind is killed: its group, and what moved out of it. Only then do the pipes end. This happens
            // also when the start could not be reported: no process may run without a supervisor.
            open = await KillRestAsync(process, attempt);
            end = await process.Ended;
        }

        var isRead = await IsReadAsync(read, () => output.Taken + errors.Taken);
        var used = await UsedAsync(process);
        GroupReaper.ReapStrays(settings.Time);
        WriterEnd = new CommandEnding(end, used?.Last ?? end.Last, open, stopping.SignalledAt, settings.Time.GetUtcNow()).Writers;
        return Judge(end, isStopped ? stop : null) with
        {
            ExitCode = end.ExitCode,
            Signal = end.Signal,
            PeakMemoryBytes = used?.PeakMemoryBytes,
            CpuSeconds = used?.CpuTime.TotalSeconds,
            Warnings = [.. Warnings(left, isRead)],
        };
    }

    private ChildProcess? Start(
        CommandLine command, string folder, IReadOnlyDictionary<string, string> environment, out Reason? fault)
    {
        fault = null;
        try
        {
            return ChildProcess.Start(
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
            fault = new Reason.NotStarted(e.Message);
            return null;
        }
    }

    // A process with another environment and another session is not found and not killed, and must not delay the end. But while output
    // comes, some of it was printed before.
    private async Task<bool> IsReadAsync(Task read, Func<long> taken)
    {
        while (true)
        {
            var before = taken();
            if (await Task.WhenAny(read, Task.Delay(settings.Grace, settings.Time)) == read)
            {
                await read;
                return true;
            }

            if (taken() == before) return false;
        }
    }

    // The usage of the whole group. If a broken disk holds its last process in the kernel, the figures stay unknown.
    private async Task<ProcessEnd?> UsedAsync(ChildProcess process) =>
        await Task.WhenAny(process.GroupEnded, Task.Delay(settings.Grace, settings.Time)) == process.GroupEnded ? await process.GroupEnded
            : null;

    private static IEnumerable<Warning> Warnings(int left, bool isRead)
    {
        if (left > 0) yield return new Warning.ProcessesEnded(left);
        if (!isRead) yield return new Warning.OutputHeldOpen();
    }

    // How many processes go on. Helpers of a program, such as Python's resource tracker, end a moment after it.
    private async Task<int> CountLeftAsync(int group)
    {
        for (var i = 0; i < LingerPolls; i++)
        {
            if (!ProcessTable.GroupIsAlive(group)) return 0;
            await Task.Delay(LingerPoll, settings.Time);
        }

        return ProcessTable.InGroup(group).Count;
    }

    /// <returns>The files that a process could still write when it was killed; null when none was left to kill.</returns>
    private async Task<IReadOnlySet<FileId>?> KillRestAsync(ChildProcess process, string attempt)
    {
        IReadOnlySet<FileId>? open = null;
        var isAlive = ProcessTable.GroupIsAlive(process.Id);
        if (HasCheckpoints)
        {
            // The processes are halted first, so that none opens or closes a file between the check and the kill.
            if (isAlive) await ProcessTable.HaltGroupAsync(process.Id, settings.Time);
            open = CheckpointSaver.FindOpen(attempt, process.Id);
        }

        process.Kill();
        await ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, attempt, settings.Time);
        return isAlive ? open ?? new HashSet<FileId>() : open is { Count: > 0 } ? open : null;
    }

    // To look for open files takes longer than a short run.
    private bool HasCheckpoints => Directory.Exists(checkpoints) && Directory.EnumerateFileSystemEntries(checkpoints).Any();

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
}
