using Tenfold.Core.Platform;

namespace Tenfold.Core.Tests.Platform;

/// <summary>A map in a process that lives for months has no more entries than are in use.</summary>
public sealed class Entries_that_nobody_uses_are_forgotten
{
    private readonly FrozenClock _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(59)]
    [InlineData(600)]
    public void Over_months_the_map_does_not_grow(int minutesBetweenEntries)
    {
        var map = Map();
        for (var i = 0; i < 10_000; i++)
        {
            map.Set($"attempt {i}", i);
            map.Count.ShouldBeLessThanOrEqualTo(2 * 60 / minutesBetweenEntries + 2);
            _clock.Pass(minutesBetweenEntries);
        }
    }

    [Fact]
    public void An_entry_in_use_stays()
    {
        var map = Map();
        map.Set("used", 1);
        map.Set("unused", 2);
        for (var i = 0; i < 100; i++)
        {
            _clock.Pass(50);
            map.TryGet("used", out var value).ShouldBeTrue();
            value.ShouldBe(1);
            map.Set("other", i);
        }

        map.TryGet("unused", out _).ShouldBeFalse();
        map.Count.ShouldBe(2);
    }

    [Fact]
    public void An_entry_is_replaced_and_removed()
    {
        var map = Map();
        map.TryGet("a", out _).ShouldBeFalse();
        map.Set("a", 1);
        map.Set("a", 2);
        map.TryGet("a", out var value).ShouldBeTrue();
        value.ShouldBe(2);
        map.Remove("a").ShouldBeTrue();
        map.Remove("a").ShouldBeFalse();
        map.Count.ShouldBe(0);
    }

    [Fact]
    public void Many_threads_may_use_it()
    {
        var map = new RecentlyUsed<int, int>(TimeSpan.FromTicks(1), TimeProvider.System);
        Parallel.For(0, 50_000, i =>
        {
            map.Set(i % 100, i);
            map.TryGet((i + 1) % 100, out _);
            map.Remove((i + 2) % 100);
        });
        map.Count.ShouldBeLessThanOrEqualTo(100);
    }

    private RecentlyUsed<string, int> Map() => new(TimeSpan.FromHours(1), _clock);
}
