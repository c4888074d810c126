using System.Diagnostics;

namespace Tenfold.Cli.Tests.Running;

/// <summary>Waits for a condition, with a deadline that only a failing test reaches.</summary>
internal static class Until
{
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static Task True(Func<bool> condition, string what) => Found(() => Task.FromResult(condition() ? "" : null), () => what);

    /// <summary>Calls the function again and again until it returns something.</summary>
    public static async Task<T> Found<T>(Func<Task<T?>> find, Func<string> what)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Deadline)
        {
            if (await find() is { } found) return found;
            await Task.Delay(10);
        }

        throw new TimeoutException($"not within {Deadline.TotalSeconds} s: {what()}");
    }
}
