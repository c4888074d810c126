using System.Runtime.InteropServices;
using System.Text;

namespace Tenfold.Core.Platform;

/// <summary>The processes of this machine, as far as they are ours to end.</summary>
public static class ProcessTable
{
    /// <summary>True while a process of the group lives; those that ended and were not reaped do not count.</summary>
    public static bool GroupIsAlive(int group)
    {
        if (ProcessCalls.kill(-group, 0) != 0) return false;
        if (!Directory.Exists("/proc/self")) return true;
        foreach (var (_, state, processGroup) in Processes())
            if (processGroup == group && state != 'Z' && state != 'X') return true;
        return false;
    }

    /// <summary>True while the process lives.</summary>
    public static bool IsAlive(int process) => ProcessCalls.kill(process, 0) == 0;

    /// <summary>
    /// Ends at once (SIGKILL) every process whose environment holds <c>variable=value</c>: whatever a command left behind, also what
    /// moved to a process group or session of its own.
    /// </summary>
    /// <returns>How many were ended.</returns>
    public static int KillMarked(string variable, string value)
    {
        if (!Directory.Exists("/proc/self")) return 0;
        var marker = Encoding.UTF8.GetBytes($"\0{variable}={value}\0");
        var killed = 0;
        // A process may fork while we look: look again until a look finds nothing. Bounded, so that a fork bomb cannot hold us.
        for (var round = 0; round < 10; round++)
        {
            var found = 0;
            foreach (var (process, state, _) in Processes())
                if (state != 'Z' && process != Environment.ProcessId && HasMarker(process, marker) && ProcessCalls.kill(process, ProcessCalls.SigKill) == 0) found++;
            if (found == 0) break;
            killed += found;
        }

        return killed;
    }

    private static bool HasMarker(int process, byte[] marker)
    {
        try
        {
            var environment = File.ReadAllBytes($"/proc/{process}/environ");
            // A leading zero lets the first variable match as the others do.
            return environment.AsSpan().IndexOf(marker) >= 0 || environment.AsSpan().StartsWith(marker.AsSpan(1));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It ended meanwhile, or it is another user's.
        }
    }

    private static IEnumerable<(int Process, char State, int Group)> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), out var process)) continue;
            string stat;
            try
            {
                stat = File.ReadAllText($"/proc/{process}/stat");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            // The name, in parentheses, may hold anything; the fields after its last one are state, parent, group.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            yield return (process, fields[0][0], int.Parse(fields[2]));
        }
    }
}
