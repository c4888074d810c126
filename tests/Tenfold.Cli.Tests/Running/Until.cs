using System.Diagnostics;

namespace Tenfold.Cli.Tests.Running;

/// <summary>Waits for what a test needs, with a deadline that only a failure meets.</summary>
internal static class Until
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static Task True(Func<bool> condition, string what) => Found(() => Task.FromResult(condition() ? "" : null), () => what);

    /// <summary>Looks again and again until there is something.</summary>
    public static async Task<T> Found<T>(Func<Task<T?>> look, Func<string> what) where T : class
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Deadline)
        {
            if (await look() is { } found) return found;
            await Task.Delay(10);
        }

        throw new TimeoutException($"not within {Deadline.TotalSeconds} s: {what()}");
    }
}
