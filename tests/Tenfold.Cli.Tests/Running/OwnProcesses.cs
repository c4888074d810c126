using System.Globalization;
using System.Runtime.InteropServices;

namespace Tenfold.Cli.Tests.Running;

/// <summary>The running processes with a test's home in their environment: its commands, agents and scripts.</summary>
internal static class OwnProcesses
{
    public const int SigInt = 2, SigTerm = 15, SigKill = 9;

    /// <summary>The ids and command lines of the processes whose environment names a path in the folder.</summary>
    public static IReadOnlyList<(int Id, string Command)> Below(string folder)
    {
        var found = new List<(int, string)>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, null, out var id)) continue;
            if (Read($"{process}/environ").Contains(folder + "/", StringComparison.Ordinal))
                found.Add((id, Read($"{process}/cmdline").Replace('\0', ' ').Trim()));
        }

        return found;
    }

    public static void Signal(int id, int signal) => _ = kill(id, signal);

    // A process may end before its files are read.
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [DllImport("libc")]
    private static extern int kill(int process, int signal);
}
