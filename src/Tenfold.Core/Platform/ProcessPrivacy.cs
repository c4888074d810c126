namespace Tenfold.Core.Platform;

/// <summary>Keeps this process's variables, memory and open files from the user's other processes, such as scripts.</summary>
public static class ProcessPrivacy
{
    /// <summary>
    /// Makes <c>/proc/PID/environ</c>, <c>mem</c> and <c>fd</c> of this process readable by root only, and leaves no core dump. It ends
    /// with exec(2), so programs that this process starts are not affected. Where the system refuses, nothing happens.
    /// </summary>
    /// <remarks>Source: <c>PR_SET_DUMPABLE</c> in prctl(2).</remarks>
    public static void Protect() => _ = ProcessCalls.prctl(ProcessCalls.SetDumpable, 0, 0, 0, 0);
}
