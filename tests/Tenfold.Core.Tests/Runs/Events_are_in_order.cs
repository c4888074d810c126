using Tenfold.Core.Ledger;

namespace Tenfold.Core.Tests.Runs;

public sealed class Events_are_in_order
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    // Recorded when a controller came back: what was asked meanwhile is recorded first.
    [InlineData("g created 0|a queued 1|r cancel-asked 9|a running 2|a cancelled 10", "created queued running cancel-asked cancelled")]
    [InlineData("g created 0|a1 queued 1|a2 queued 6|a1 running 2|a1 lost 5|a2 running 7", "created queued running lost queued running")]
    // The node's clock is late, and the controller that queued the attempt was slow to say so.
    [InlineData("g created 0|a running -9|a succeeded -3|a queued 1", "created queued running succeeded")]
    [InlineData("g created 0|a queued 3|a running 2|a succeeded 4", "created queued running succeeded")]
    [InlineData("g created 0|a queued 0|a running 0|a succeeded 0", "created queued running succeeded")]
    public void Events_are_sorted_by_time_and_within_an_attempt_by_state(string recorded, string happened)
    {
        var events = recorded.Split('|').Select(line => line.Split(' '))
            .Select(words => new EventRecord(Noon.AddSeconds(int.Parse(words[2])), words[0], words[1], null)).ToList();
        var sorted = EventOrder.Sort(events).Select(e => e.Kind).ToList();
        string.Join(' ', sorted).ShouldBe(happened);
    }
}
