using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Tenfold.Core.Platform;

/// <summary>Finds and kills processes of this machine.</summary>
public static class ProcessTable
{
    private const int NoSuchProcess = 3;

    // PF_KTHREAD in the kernel's sched.h.
    private const uint KernelThread = 0x00200000;

    private static readonly TimeSpan LongestExec = TimeSpan.FromMilliseconds(50), LongestEnd = TimeSpan.FromSeconds(2);

    // A killed process usually ends within a millisecond.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>True while a process of the group is alive. Processes that have ended but were not reaped don't count.</summary>
    public static bool GroupIsAlive(int group)
    {
        if (ProcessCalls.kill(-group, 0) != 0) return false;
        if (!Directory.Exists("/proc/self")) return true;
        foreach (var (_, state, processGroup) in Processes())
            if (processGroup == group && state != 'Z' && state != 'X') return true;
        return false;
    }

    /// <summary>
    /// Identifies this boot of the machine's kernel, and the namespace of process ids (containers have their own). Within one boot and one
    /// namespace, an id identifies one process. Null when the system doesn't report them.
    /// </summary>
    /// <remarks>Source: Linux manual pages proc(5), <c>/proc/sys/kernel/random/boot_id</c>, and pid_namespaces(7).</remarks>
    public static string? Machine { get; } = ReadMachine();

    /// <summary>
    /// When a process started, in clock ticks since boot; null when there is no such process, or when it has ended but was not reaped.
    /// </summary>
    public static long? StartOf(int process) =>
        Fields(process) is { } fields && fields[0] is not ("Z" or "X") ? long.Parse(fields[19], CultureInfo.InvariantCulture) : null;

    /// <summary>True when the process has ended but was not reaped.</summary>
    internal static bool HasEnded(int process) => Fields(process) is { } fields && fields[0] is "Z";

    /// <summary>The group of a process; null when there is no such process.</summary>
    internal static int? GroupOf(int process) => Fields(process) is { } fields ? int.Parse(fields[2], CultureInfo.InvariantCulture) : null;

    /// <summary>
    /// True when the process with this id and start is no longer alive. False when that isn't certain, because other users' processes may
    /// be hidden.
    /// </summary>
    public static bool IsGone(int process, long start)
    {
        if (ProcessCalls.kill(process, 0) != 0 && Marshal.GetLastPInvokeError() == NoSuchProcess) return true;
        return Fields(process) is { } fields && (fields[0] is "Z" or "X" || fields[19] != start.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The processes of a group, without those that have ended but were not reaped.</summary>
    public static IReadOnlyList<int> InGroup(int group) =>
        [.. Processes().Where(entry => entry.Group == group && entry.State is not ('Z' or 'X')).Select(entry => entry.Process)];

    /// <summary>The processes whose environment contains <c>variable=value</c>, without this one.</summary>
    public static IReadOnlyList<int> Marked(string variable, string value)
    {
        var marker = Encoding.UTF8.GetBytes($"\0{variable}={value}\0");
        var buffer = new byte[16 * 1024];
        var found = new List<int>();
        if (!Directory.Exists("/proc/self")) return found;
        foreach (var process in Ids())
            if (process != Environment.ProcessId && HasMarker(process, marker, ref buffer, out _)) found.Add(process);
        return found;
    }

    /// <summary>Asks every process whose environment contains <c>variable=value</c> to end (SIGTERM).</summary>
    /// <returns>How many there are.</returns>
    public static int TerminateMarked(string variable, string value)
    {
        var found = Marked(variable, value);
        foreach (var process in found) _ = ProcessCalls.kill(process, ProcessCalls.SigTerm);
        return found.Count;
    }

    /// <summary>Halts (SIGSTOP) every process whose environment contains <c>variable=value</c>, so that it can be examined.</summary>
    /// <returns>The processes, once all of them have stopped.</returns>
    public static Task<IReadOnlyList<int>> HaltMarkedAsync(string variable, string value, TimeProvider time) =>
        HaltAsync(() => Marked(variable, value), time);

    /// <summary>Halts (SIGSTOP) every process of a group, so that it can be examined.</summary>
    /// <returns>The processes, once all of them have stopped.</returns>
    public static Task<IReadOnlyList<int>> HaltGroupAsync(int group, TimeProvider time) => HaltAsync(() => InGroup(group), time);

    private static async Task<IReadOnlyList<int>> HaltAsync(Func<IReadOnlyList<int>> find, TimeProvider time)
    {
        var halted = new HashSet<int>();
        var since = time.GetTimestamp();
        // A process may fork before the signal reaches it.
        for (var round = 0; round < 10; round++)
        {
            var found = find().Where(halted.Add).ToList();
            if (found.Count == 0) break;
            foreach (var process in found) _ = ProcessCalls.kill(process, ProcessCalls.SigStop);
            // A process that hangs in the kernel does not stop.
            while (halted.Any(IsRunning) && time.GetElapsedTime(since) < LongestEnd) await Task.Delay(Pause, time);
        }

        return [.. halted];
    }

    // Each thread stops by itself, and those of another processor a moment after the signal.
    private static bool IsRunning(int process)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{process}/task")
                .Any(thread => FieldsAt(thread) is { } fields && fields[0] is not ("T" or "t" or "Z" or "X"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Kills (SIGKILL) every process whose environment contains <c>variable=value</c>. These are the processes that a command left behind,
    /// including those in a process group or session of their own.
    /// </summary>
    /// <param name="variable">The variable.</param>
    /// <param name="value">Its value.</param>
    /// <param name="time">The clock.</param>
    /// <returns>How many processes were killed.</returns>
    public static async Task<int> KillMarkedAsync(string variable, string value, TimeProvider time)
    {
        if (!Directory.Exists("/proc/self")) return 0;
        var marker = Encoding.UTF8.GetBytes($"\0{variable}={value}\0");
        var killed = new HashSet<int>();
        // A process may fork during a scan, so scan until nothing is found. The number of scans and their time are limited, so that neither
        // a fork bomb nor a process that hangs in the kernel blocks the caller.
        var buffer = new byte[16 * 1024];
        var since = time.GetTimestamp();
        for (var round = 0; round < 10 && time.GetElapsedTime(since) < LongestEnd;)
        {
            var (found, ending) = (0, 0);
            var bare = new List<int>();
            foreach (var process in Ids())
            {
                if (process == Environment.ProcessId) continue;
                var isMarked = HasMarker(process, marker, ref buffer, out var isBare);
                // A killed process stays visible until it has ended, but it can't fork any more.
                if (isMarked && killed.Contains(process)) ending++;
                else if (isMarked && ProcessCalls.kill(process, ProcessCalls.SigKill) == 0 && killed.Add(process)) found++;
                if (isBare && IsBetweenPrograms(process)) bare.Add(process);
            }

            if (found > 0) round++;
            else if (ending > 0) await Task.Delay(Pause, time);
            else if (!await AnyGetsEnvironmentAsync(bare, time)) break;
        }

        return killed.Count;
    }

    // While a process replaces its program (execve), its environment can't be seen. Some processes never have one.
    private static async Task<bool> AnyGetsEnvironmentAsync(List<int> processes, TimeProvider time)
    {
        if (processes.Count == 0) return false;
        var buffer = new byte[16 * 1024];
        var since = time.GetTimestamp();
        do
        {
            foreach (var process in processes)
                if (!Posix.TryReadFile($"/proc/{process}/environ", ref buffer, out var environment) || environment.Length > 0) return true;
            await Task.Delay(Pause, time);
        }
        while (time.GetElapsedTime(since) < LongestExec);

        // They have no environment at all, so they are not checked again.
        foreach (var process in processes) BareProcesses.Ids.TryAdd(process, true);
        return false;
    }

    // A process that has ended but was not reaped has an empty environment too, and so have the kernel's many threads.
    private static bool IsBetweenPrograms(int process)
    {
        if (BareProcesses.Ids.ContainsKey(process) || Fields(process) is not { } fields || fields[0] is "Z" or "X") return false;
        if ((uint.Parse(fields[6], CultureInfo.InvariantCulture) & KernelThread) == 0) return true;
        BareProcesses.Ids.TryAdd(process, true);
        return false;
    }

    // Every run that ends calls this for every process of the machine, most of which belong to other users or the kernel. So it must cost
    // no exception and only two or three system calls.
    private static bool HasMarker(int process, byte[] marker, ref byte[] buffer, out bool isBare)
    {
        isBare = Posix.TryReadFile($"/proc/{process}/environ", ref buffer, out var environment) && environment.IsEmpty;
        // The marker begins with a NUL, which the first variable doesn't have before it.
        return environment.IndexOf(marker) >= 0 || environment.StartsWith(marker.AsSpan(1));
    }

    private static IEnumerable<int> Ids()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), out var process)) yield return process;
    }

    private static IEnumerable<(int Process, char State, int Group)> Processes()
    {
        foreach (var process in Ids())
            if (Fields(process) is { } fields) yield return (process, fields[0][0], int.Parse(fields[2], CultureInfo.InvariantCulture));
    }

    // The name, in parentheses, may contain any character. After the last parenthesis follow the state, the parent, the group and so on;
    // the start is the twentieth field.
    private static string[]? Fields(int process) => FieldsAt($"/proc/{process}");

    private static string[]? FieldsAt(string folder)
    {
        try
        {
            var stat = File.ReadAllText($"{folder}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? ReadMachine()
    {
        try
        {
            var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            // The link's text is pid:[4026531836].
            return new FileInfo("/proc/self/ns/pid").LinkTarget is { } space ? $"{boot}-{space[5..^1]}" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // The ids of processes that never have an environment. Most are the kernel's hundreds of threads, which live until shutdown.
    private static class BareProcesses
    {
        public static readonly ConcurrentDictionary<int, bool> Ids = [];
    }
}
