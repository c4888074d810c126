namespace Tenfold.TestKit;

/// <summary>Waits, up to a deadline, for what other processes or threads do.</summary>
public static class Eventually
{
    /// <summary>Far longer than a busy machine needs. A test that waits this long has found a defect.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>Waits until the condition is true.</summary>
    public static async Task ShouldBeAsync(Func<bool> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Deadline)
                throw new TimeoutException($"after {Deadline.TotalSeconds} s it is not true that {what}");
            await Task.Delay(10);
        }
    }
}
