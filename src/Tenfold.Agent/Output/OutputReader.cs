using Microsoft.Win32.SafeHandles;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Output;

/// <summary>Reads the output of a pipe on its own thread.</summary>
public static class OutputReader
{
    // How long an unfinished line waits for its end before it is shown.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>Reads to the end of the pipe.</summary>
    /// <param name="pipe">The reading end; closed at the end.</param>
    /// <param name="sink">Takes what is read.</param>
    /// <param name="time">The clock.</param>
    /// <returns>A task that completes at the end of the pipe.</returns>
    public static Task ReadAsync(SafeFileHandle pipe, IOutputSink sink, TimeProvider time)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var stream = new FileStream(pipe, FileAccess.Read, bufferSize: 0, isAsync: false);
                Read(stream, sink, time);
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }, maxStackSize: 256 * 1024)
        { IsBackground = true, Name = "output" }.Start();
        return done.Task;
    }

    private static void Read(FileStream pipe, IOutputSink sink, TimeProvider time)
    {
        var buffer = new byte[256 * 1024];
        long? waitsSince = null;
        while (true)
        {
            // An unfinished line is shown after a moment, whether the program is silent or redraws its bar again and again.
            if (waitsSince is { } since && (time.GetElapsedTime(since) >= Patience || !PipeWait.TryWait(pipe.SafeFileHandle, Patience)))
            {
                sink.Pause();
                waitsSince = null;
            }

            var read = pipe.Read(buffer);
            if (read == 0) break;
            sink.Take(buffer.AsSpan(0, read));
            // The text after the last line feed has only just begun to wait.
            if (waitsSince is null || buffer.AsSpan(0, read).Contains((byte)'\n')) waitsSince = time.GetTimestamp();
        }

        sink.End();
    }
}
