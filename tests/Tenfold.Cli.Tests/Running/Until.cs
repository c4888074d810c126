using System.Diagnostics;

namespace Tenfold.Cli.Tests.Running;

/// <summary>Waits for a condition, with a deadline that only a failing test reaches.</summary>
internal static class Until
{
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10), LongestPause = TimeSpan.FromSeconds(2);

    public static Task True(Func<bool> condition, string what) => Found(() => Task.FromResult(condition() ? "" : null), () => what);

    /// <summary>Calls the function again and again until it returns something.</summary>
    public static async Task<T> Found<T>(Func<Task<T?>> find, Func<string> what)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Deadline)
        {
            var begin = clock.Elapsed;
            if (await find() is { } found) return found;
            // A check that starts a command takes much longer than one that reads a file. Pausing three times as long as a check takes, and
            // longer the longer the test waits, leaves the processor to the processes that the test waits for.
            var check = clock.Elapsed - begin;
            var pause = (3 * check) + (begin < 100 * check ? begin / 10 : 10 * check) + ShortestPause;
            await Task.Delay(pause < LongestPause ? pause : LongestPause);
        }

        throw new TimeoutException($"not within {Deadline.TotalSeconds} s: {what()}");
    }
}
