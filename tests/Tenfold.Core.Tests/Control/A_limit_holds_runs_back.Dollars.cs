using System.Globalization;
using Tenfold.Core.Control;
using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;

namespace Tenfold.Core.Tests.Control;

/// <content>The dollars of a day.</content>
public sealed partial class A_limit_holds_runs_back
{
    [Fact]
    public async Task The_dollars_of_a_day_hold_back_what_waits_and_stop_nothing()
    {
        // Each run is expected to take its time limit: 2 h at 4 dollars. Two fit into 20 dollars, a third does not.
        await AddAsync(
            "aaaaaaaa", "vision", 4, limits: new RunLimits { UsdPerDay = 20 }, usd: 4,
            resources: new() { MaxRuntime = TimeSpan.FromHours(2) });
        await ReconcileAsync();
        Started("aaaaaaaa").ShouldBe(2);
        (await RunAsync("aaaaaaaa-3")).Reason.ShouldBe(new Reason.WaitsForDayLimit(20, "vision", null));
        (await RunAsync("aaaaaaaa-3")).Reason.Words().ShouldNotBeNull().ShouldContain("today's 20.00 dollars");
        // They took half an hour each, so more can start: 4 dollars are spent, and 2 expected for each.
        foreach (var attempt in new[] { "aaaaaaaa-1-1", "aaaaaaaa-2-1" })
            await EndAsync(attempt, Noon, Noon.AddMinutes(30));
        _time.Advance(TimeSpan.FromMinutes(30));
        await ReconcileAsync();
        Started("aaaaaaaa").ShouldBe(4);
        foreach (var open in await _ledger.ListLiveAttemptsAsync(CancellationToken.None)) open.Run.CancelRequestedAt.ShouldBeNull();
    }

    [Theory]
    [InlineData(null, "2026-06-10T23:59:00Z", "2026-06-11T00:01:00Z")]
    [InlineData("Europe/Berlin", "2026-06-10T21:59:00Z", "2026-06-10T22:01:00Z")]
    [InlineData("America/Los_Angeles", "2026-06-11T06:59:00Z", "2026-06-11T07:01:00Z")]
    public async Task A_new_day_begins_at_midnight_of_its_zone(string? zone, string before, string after)
    {
        _time.SetUtcNow(Noon.AddHours(1));
        await AddAsync("aaaaaaaa", "vision", 2, limits: new RunLimits { UsdPerDay = 5, Zone = zone }, usd: 5);
        await ReconcileAsync();
        await EndAsync("aaaaaaaa-1-1", Noon.AddHours(1), Noon.AddHours(2));
        _time.SetUtcNow(Time(before));
        await ReconcileAsync();
        Started("aaaaaaaa").ShouldBe(1, "the day's dollars are spent");
        _time.SetUtcNow(Time(after));
        await ReconcileAsync();
        Started("aaaaaaaa").ShouldBe(2);
    }

    [Theory]
    [InlineData("2018-11-04T10:00:00Z", "America/Sao_Paulo", "2018-11-04T03:00:00Z")] // midnight was skipped
    [InlineData("2018-02-18T10:00:00Z", "America/Sao_Paulo", "2018-02-18T03:00:00Z")]
    [InlineData("2026-03-29T10:00:00Z", "Europe/Berlin", "2026-03-28T23:00:00Z")]
    [InlineData("2026-11-01T07:30:00Z", "America/Havana", "2026-11-01T04:00:00Z")] // midnight comes twice
    [InlineData("2026-06-10T23:30:00Z", "nowhere", "2026-06-10T00:00:00Z")]
    public void A_day_begins_once_where_the_clocks_change(string now, string zone, string start) =>
        new RunLimits { Zone = zone }.StartOfDay(Time(now)).ToUniversalTime()
            .ShouldBe(Time(start));

    [Fact]
    public async Task A_run_that_costs_more_than_the_day_allows_starts_alone()
    {
        await AddAsync("aaaaaaaa", "vision", 2, limits: new RunLimits { UsdPerDay = 5 }, usd: 50);
        await ReconcileAsync();
        Started("aaaaaaaa").ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_price_is_not_counted_and_the_run_says_so()
    {
        await AddAsync("aaaaaaaa", "vision", 3, limits: new RunLimits { UsdPerDay = 5 });
        await ReconcileAsync();
        Started("aaaaaaaa").ShouldBe(3);
        (await _ledger.ListEventsAsync("aaaaaaaa-2", CancellationToken.None))
            .ShouldContain(one => one.Kind == "admitted" && one.Detail!.Contains("price of its machine is unknown"));
    }

    [Theory]
    [InlineData("79228162514264337593543950335")]
    [InlineData("1000001")]
    [InlineData("-1000")]
    public async Task A_price_that_cannot_be_is_unknown_and_stops_no_round(string price)
    {
        _home = new HomeLimits(new RunLimits { UsdPerDay = 5 });
        await AddAsync("aaaaaaaa", "vision", 1, usd: decimal.Parse(price, CultureInfo.InvariantCulture));
        await ReconcileAsync();
        await EndAsync("aaaaaaaa-1-1", Noon, Noon.AddHours(1));
        _time.Advance(TimeSpan.FromHours(1));
        await AddAsync("bbbbbbbb", "speech", 3, usd: 3);
        await ReconcileAsync();
        Started("bbbbbbbb").ShouldBe(1, "three dollars of five are taken");
        (await _ledger.ListEventsAsync("aaaaaaaa-1", CancellationToken.None))
            .ShouldContain(one => one.Kind == "admitted" && one.Detail!.Contains("price of its machine is unknown"));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
