using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Tenfold.Core.Platform;

/// <summary>Waits for the processes of a group, and adds up the resources that they used.</summary>
/// <remarks>
/// A shell that gets SIGTERM often exits before the script that it runs. Then init reaps the script, and its figures are lost, unless this
/// process adopts orphans. Source: Linux manual pages wait4(2), getrusage(2) and PR_SET_CHILD_SUBREAPER(2const).
/// </remarks>
public sealed class GroupReaper
{
    private const int Interrupted = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(50);

    // The .NET runtime waits for a process that it started as soon as that has ended, and ends this process when somebody else was faster.
    private static readonly TimeSpan RuntimesTurn = TimeSpan.FromSeconds(2);

    private static readonly HashSet<int> Groups = [];

    // When each process was first seen that has ended and for which nobody waits.
    private static readonly Dictionary<int, long> Strays = [];

    private readonly int _id;
    private readonly long _ownPeak;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<ProcessEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ProcessEnd> _groupEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for a group.</summary>
    /// <param name="id">The group, and its first process: a child of this one.</param>
    /// <param name="ownPeak">This process's own peak memory in bytes, which Linux may report as the child's.</param>
    /// <param name="time">The clock that paces the polling for the rest of the group.</param>
    internal GroupReaper(int id, long ownPeak, TimeProvider time) => (_id, _ownPeak, _time) = (id, ownPeak, time);

    internal Task<ProcessEnd> Ended => _ended.Task;

    internal Task<ProcessEnd> GroupEnded => _groupEnded.Task;

    /// <summary>Held while a process is started and its group is registered, and while strays are reaped.</summary>
    internal static Lock Gate { get; } = new();

    /// <summary>Registers a group, so that its processes don't count as strays. The caller holds the gate.</summary>
    internal static void Add(int group) => Groups.Add(group);

    /// <summary>
    /// From now on, descendants of this process that lose their parent become its children, not init's.
    /// </summary>
    public static void AdoptOrphans() => _ = ProcessCalls.prctl(ProcessCalls.SetChildSubreaper, 1, 0, 0, 0);

    /// <summary>
    /// Reaps orphans that had left their groups and ended some time ago. No other process waits for them, and each would keep its process
    /// id.
    /// </summary>
    /// <param name="time">The clock that tells how long ago each was first seen to have ended.</param>
    public static void ReapStrays(TimeProvider time)
    {
        // Linux makes orphans children of the main thread. Children of other threads have a thread that waits for them.
        var buffer = new byte[4096];
        if (!Posix.TryReadFile($"/proc/self/task/{Environment.ProcessId}/children", ref buffer, out var ids)) return;
        var children = Encoding.ASCII.GetString(ids).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        lock (Gate)
        {
            var strays = children.Select(child => int.Parse(child, CultureInfo.InvariantCulture)).Where(IsEndedStray).ToHashSet();
            foreach (var gone in Strays.Keys.Where(process => !strays.Contains(process)).ToList()) Strays.Remove(gone);
            foreach (var process in strays)
            {
                if (Strays.TryAdd(process, time.GetTimestamp()) || time.GetElapsedTime(Strays[process]) < RuntimesTurn) continue;
                _ = ProcessCalls.wait4(process, out _, ProcessCalls.WaitNoHang, out _);
                Strays.Remove(process);
            }
        }
    }

    // Processes that the .NET runtime started are in this process's own group, unless they have left it.
    private static bool IsEndedStray(int process) => ProcessTable.HasEnded(process)
        && ProcessTable.GroupOf(process) is { } group && group != ProcessTable.GroupOf(Environment.ProcessId)
        && !Groups.Contains(group) && !Groups.Contains(process);

    /// <summary>Waits for the first process, and then for the others.</summary>
    internal void Run()
    {
        // Wait for this process alone: a wait for the whole group is not woken when a process leaves the group.
        if (Wait(_id, options: 0, out var status, out var use) <= 0)
        {
            End(new ProcessEnd(null, null, null, TimeSpan.Zero) { At = _time.GetUtcNow() });
            return;
        }

        var endedAt = _time.GetUtcNow();
        var (exit, peak) = (StatusOf(status), PeakOf(use));
        // Linux may report this process's own peak as the child's, so a figure that isn't larger says nothing.
        var first = new ProcessEnd(exit.ExitCode, exit.Signal, IsChilds(peak) ? peak : null, CpuOf(use)) { At = endedAt };
        _ended.SetResult(first);
        _ = ReapOthersAsync(first);
    }

    // Polled, because a blocking wait for a group does not return when a process leaves the group.
    private async Task ReapOthersAsync(ProcessEnd end)
    {
        for (var pause = FirstPause; ; pause = 2 * pause < LongestPause ? 2 * pause : LongestPause)
        {
            int process;
            ExitStatus? ownExit = null;
            while ((process = Wait(-_id, ProcessCalls.WaitNoHang, out var status, out var use)) > 0)
            {
                var peak = Math.Max(PeakOf(use), end.PeakMemoryBytes ?? 0);
                var exit = StatusOf(status);
                // Within one poll, processes are reaped in another order than they ended. One that exited by itself outlived those that
                // were signalled.
                if (exit.Signal is null) ownExit = exit;
                end = end with
                {
                    PeakMemoryBytes = IsChilds(peak) ? peak : null,
                    CpuTime = end.CpuTime + CpuOf(use),
                    Last = ownExit ?? exit,
                };
            }

            if (process < 0) break;
            await Task.Delay(pause, _time);
        }

        End(end);
    }

    private void End(ProcessEnd end)
    {
        lock (Gate) Groups.Remove(_id);
        _ended.TrySetResult(end);
        _groupEnded.SetResult(end);
    }

    /// <returns>The process that has ended; zero when none has ended yet; negative when there is none to wait for.</returns>
    private static int Wait(int which, int options, out int status, out ProcessCalls.ResourceUse use)
    {
        int process;
        do process = ProcessCalls.wait4(which, out status, options, out use);
        while (process < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return process;
    }

    private static ExitStatus StatusOf(int status) =>
        (status & 0x7f) is not 0 and var signal ? new ExitStatus(null, signal) : new ExitStatus((status >> 8) & 0xff, null);

    private static TimeSpan CpuOf(ProcessCalls.ResourceUse use) =>
        TimeSpan.FromSeconds(use.UserSeconds + use.SystemSeconds)
        + TimeSpan.FromMicroseconds(use.UserMicroseconds + use.SystemMicroseconds);

    // Linux counts in KiB.
    private static long PeakOf(ProcessCalls.ResourceUse use) => use.MaxResident * 1024;

    // Clearly above this process's own peak, because Linux counts memory per processor and its figures are not exact.
    private bool IsChilds(long peak) => peak > _ownPeak + (_ownPeak / 16);
}
