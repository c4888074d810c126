using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tenfold.Core.Platform;

/// <summary>Waits for a pipe.</summary>
public static partial class PipeWait
{
    private const short PollIn = 1;

    /// <summary>Waits until a read would return at once: there are bytes, or the pipe has ended.</summary>
    /// <returns>False when the time passed before.</returns>
    public static bool TryWait(SafeFileHandle pipe, TimeSpan time)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        var wanted = new PollRequest { Descriptor = (int)pipe.DangerousGetHandle(), Events = PollIn };
        // An interrupted wait counts as over: the read that follows waits for as long as it takes.
        return Poll(ref wanted, 1, (int)time.TotalMilliseconds) != 0;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollRequest requests, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
