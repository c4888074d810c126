namespace Tenfold.TestKit;

/// <summary>Waits for something that other processes and threads bring about, with an end.</summary>
public static class Eventually
{
    /// <summary>Far more than a busy machine needs: whoever waits so long has met a defect.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Waits until it is so.</summary>
    public static async Task ShouldBeAsync(Func<bool> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Deadline)
                throw new TimeoutException($"in {Deadline.TotalSeconds} s it did not come about that {what}");
            await Task.Delay(10);
        }
    }
}
