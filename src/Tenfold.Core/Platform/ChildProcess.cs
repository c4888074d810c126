using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tenfold.Core.Platform;

/// <summary>
/// A process that leads its own process group, so that it and all its children can be signalled together. Unlike
/// <see cref="System.Diagnostics.Process"/>, it can have its own group or session, and it reports which signal ended it.
/// </summary>
public sealed class ChildProcess
{
    // posix_spawnattr_t and posix_spawn_file_actions_t are opaque, and smaller than this in every known C library (glibc: 336 and 80
    // bytes).
    private const int OpaqueBytes = 1024;

    private ChildProcess(int id, SafeFileHandle? output, SafeFileHandle? error, TimeProvider time)
    {
        (Id, Output, Error) = (id, output, error);
        var reaping = new GroupReaper(id, OwnPeak(), time);
        (Ended, GroupEnded) = (reaping.Ended, reaping.GroupEnded);
        new Thread(reaping.Run, maxStackSize: 128 * 1024) { IsBackground = true, Name = $"wait {id}" }.Start();
    }

    /// <summary>The process id, which is also the id of its group.</summary>
    public int Id { get; }

    /// <summary>The reading end of its standard output; null without <see cref="ProcessStart.CaptureOutput"/>.</summary>
    public SafeFileHandle? Output { get; }

    /// <summary>The reading end of its standard error; null without <see cref="ProcessStart.CaptureOutput"/>.</summary>
    public SafeFileHandle? Error { get; }

    /// <summary>Completes when the process has ended and was reaped.</summary>
    public Task<ProcessEnd> Ended { get; }

    /// <summary>
    /// Completes when this process has reaped all of the group's processes that it can, with the end of the first and the resources that
    /// all of them used. If this process adopts orphans (<see cref="GroupReaper.AdoptOrphans"/>), they include those that outlived the
    /// first.
    /// </summary>
    public Task<ProcessEnd> GroupEnded { get; }

    /// <summary>Starts a process.</summary>
    /// <param name="start">What to start, and how.</param>
    /// <param name="time">The clock that paces the polling for the rest of its process group.</param>
    /// <exception cref="ProcessStartException">The system refused: the program or the folder is missing, or the program is not
    /// executable.</exception>
    public static ChildProcess Start(ProcessStart start, TimeProvider time)
    {
        var (outputRead, outputWrite) = start.CaptureOutput ? Pipe() : (null, null);
        var (errorRead, errorWrite) = start.CaptureOutput ? Pipe() : (null, null);
        using (outputWrite)
        using (errorWrite)
        {
            int code, id;
            // The gate keeps other threads from reaping the process as a stray before its group is known.
            lock (GroupReaper.Gate)
            {
                code = Spawn(start, outputWrite, errorWrite, out id);
                if (code == 0) GroupReaper.Add(id);
            }

            if (code == 0) return new ChildProcess(id, outputRead, errorRead, time);
            outputRead?.Dispose();
            errorRead?.Dispose();
            throw new ProcessStartException(start.Program, Marshal.GetPInvokeErrorMessage(code), code);
        }
    }

    /// <summary>Asks every process of the group to end (SIGTERM).</summary>
    public void Terminate() => _ = ProcessCalls.kill(-Id, ProcessCalls.SigTerm);

    /// <summary>Kills every process of the group (SIGKILL).</summary>
    public void Kill() => _ = ProcessCalls.kill(-Id, ProcessCalls.SigKill);

    private static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        var ends = new int[2];
        if (ProcessCalls.pipe2(ends, ProcessCalls.OpenCloseOnExec) != 0)
            throw new IOException($"no pipe: {Marshal.GetLastPInvokeErrorMessage()}");
        // With a larger pipe, a script that prints a lot need not wait while the output is written to the disk. If the system refuses, the
        // default size is enough.
        _ = ProcessCalls.fcntl(ends[1], ProcessCalls.SetPipeSize, 1 << 20);
        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    private static unsafe int Spawn(ProcessStart start, SafeFileHandle? output, SafeFileHandle? error, out int id)
    {
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        var all = stackalloc byte[128];
        var none = stackalloc byte[128];
        new Span<byte>(all, 128).Fill(0xff);
        new Span<byte>(none, 128).Clear();
        _ = ProcessCalls.posix_spawn_file_actions_init(actions);
        _ = ProcessCalls.posix_spawnattr_init(attributes);
        using var arguments = new NativeStrings([start.Program, .. start.Arguments]);
        using var environment = new NativeStrings(start.Environment.Select(pair => $"{pair.Key}={pair.Value}"));
        using var paths = new NativeStrings([start.Program, "/dev/null", start.Folder ?? "", start.OutputFile ?? "/dev/null"]);
        try
        {
            // .NET ignores SIGPIPE, and ignored signals stay ignored across exec. So every signal is reset to its default in the child.
            var flags = ProcessCalls.SpawnSetDefaults | ProcessCalls.SpawnSetMask
                | (start.NewSession ? ProcessCalls.SpawnSetSession : ProcessCalls.SpawnSetGroup);
            _ = ProcessCalls.posix_spawnattr_setflags(attributes, (short)flags);
            _ = ProcessCalls.posix_spawnattr_setpgroup(attributes, 0);
            _ = ProcessCalls.posix_spawnattr_setsigdefault(attributes, all);
            _ = ProcessCalls.posix_spawnattr_setsigmask(attributes, none);
            if (start.Input is { } input) _ = ProcessCalls.posix_spawn_file_actions_adddup2(actions, (int)input.DangerousGetHandle(), 0);
            else _ = ProcessCalls.posix_spawn_file_actions_addopen(actions, 0, paths[1], 0, 0);
            if (output is not null && error is not null)
            {
                _ = ProcessCalls.posix_spawn_file_actions_adddup2(actions, (int)output.DangerousGetHandle(), 1);
                _ = ProcessCalls.posix_spawn_file_actions_adddup2(actions, (int)error.DangerousGetHandle(), 2);
            }
            else
            {
                const int writeCreateAppend = 1 | 0x40 | 0x400;
                _ = ProcessCalls.posix_spawn_file_actions_addopen(actions, 1, paths[3], writeCreateAppend, 0x180);
                _ = ProcessCalls.posix_spawn_file_actions_adddup2(actions, 1, 2);
            }

            if (start.Folder is not null) _ = ProcessCalls.posix_spawn_file_actions_addchdir_np(actions, paths[2]);
            return ProcessCalls.posix_spawn(out id, paths[0], actions, attributes, arguments.Pointer, environment.Pointer);
        }
        finally
        {
            _ = ProcessCalls.posix_spawn_file_actions_destroy(actions);
            _ = ProcessCalls.posix_spawnattr_destroy(attributes);
        }
    }

    // posix_spawn lets the child share this process's memory until exec, and Linux counts this process's peak into the child's figure.
    private static long OwnPeak()
    {
        try
        {
            foreach (var line in File.ReadLines("/proc/self/status"))
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    return long.Parse(line[6..^2], CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without this figure, the child's may be too large.
        }

        return 0;
    }
}

/// <summary>What to start, and how.</summary>
public sealed record ProcessStart
{
    /// <summary>The program's path; it is not looked up in <c>PATH</c>.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments, without the program's name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its complete environment; nothing is inherited.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Its working folder; null for this process's.</summary>
    public string? Folder { get; init; }

    /// <summary>The reading end of a pipe that becomes its standard input; null for an empty input. The caller disposes of it.</summary>
    public SafeHandle? Input { get; init; }

    /// <summary>True to read its standard output and error from pipes.</summary>
    public bool CaptureOutput { get; init; }

    /// <summary>The file to which its output and errors are appended without <see cref="CaptureOutput"/>; null to discard them.</summary>
    public string? OutputFile { get; init; }

    /// <summary>True to start it in its own session, which outlives the terminal; false to start it in its own process group.</summary>
    public bool NewSession { get; init; }
}

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">Its exit code; null when a signal ended it, or when another process reaped it.</param>
/// <param name="Signal">The signal that ended it; null when none did.</param>
/// <param name="PeakMemoryBytes">
/// The largest resident memory of the process, or of a child that it waited for. Null when it was less than this process's own peak, which
/// Linux then reports instead (<c>setmax_mm_hiwater_rss</c> in exec).
/// </param>
/// <param name="CpuTime">Processor time of it and of the children that it waited for.</param>
public sealed record ProcessEnd(int? ExitCode, int? Signal, long? PeakMemoryBytes, TimeSpan CpuTime)
{
    /// <summary>How the last process of the group ended; for a single process, how it ended itself.</summary>
    public ExitStatus Last { get; init; } = new(ExitCode, Signal);

    /// <summary>When its end was seen.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>The status of a process that has ended.</summary>
/// <param name="ExitCode">Its exit code; null when a signal ended it, or when another process reaped it.</param>
/// <param name="Signal">The signal that ended it; null when none did.</param>
public readonly record struct ExitStatus(int? ExitCode, int? Signal);

/// <summary>The system refused to start a program.</summary>
/// <param name="program">The program.</param>
/// <param name="why">The system's words.</param>
/// <param name="code">The system's error number.</param>
public sealed class ProcessStartException(string program, string why, int code) : Exception($"{program} could not be started: {why}")
{
    /// <summary>The system's error number (<c>errno</c>).</summary>
    public int Code { get; } = code;
}
