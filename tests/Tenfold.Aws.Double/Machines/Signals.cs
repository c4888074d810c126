using System.Runtime.InteropServices;

namespace Tenfold.Aws.Double.Machines;

/// <summary>Signals to processes.</summary>
internal static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);

    public static void SendTo(int process, int signal)
    {
        if (process > 1) _ = Send(process, signal);
    }

    /// <summary>
    /// Signals the first process of a container. The kernel ignores signals to such a process unless it has a handler, except SIGKILL; so
    /// does this.
    /// </summary>
    public static void SendToFirst(int process, int signal)
    {
        if (signal == Kill || Catches(process, signal)) SendTo(process, signal);
    }

    private static bool Catches(int process, int signal)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("SigCgt:", StringComparison.Ordinal));
            return line is not null && (Convert.ToUInt64(line[7..].Trim(), 16) & (1UL << (signal - 1))) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
