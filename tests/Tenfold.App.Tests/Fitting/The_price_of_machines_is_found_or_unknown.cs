using Tenfold.App.Fitting;
using Tenfold.App.Tests.Targets;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.App.Tests.Fitting;

/// <summary><c>fit</c>, <c>sweep</c> and reruns find the price in one place. A missing price is a note, unless a limit needs it.</summary>
public sealed class The_price_of_machines_is_found_or_unknown
{
    public static TheoryData<Func<Outcome<HourlyPrice>>, string, RefusalKind> Faults { get; } = new()
    {
        { () => throw new TargetException("EC2 is throttled.") { Advice = "Wait." }, "EC2 is throttled. Wait.", RefusalKind.Unavailable },
        { () => Refusal.BadInput("prices.json can't be read"), "prices.json can't be read", RefusalKind.BadInput },
        { () => new HourlyPrice(null), "price of the", RefusalKind.BadInput },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task An_unknown_price_is_a_note_or_refuses_a_limit(Func<Outcome<HourlyPrice>> find, string words, RefusalKind kind)
    {
        var price = (await FindAsync(find, maxUsd: null)).Value();
        price.UsdPerHour.ShouldBeNull();
        price.Note.ShouldNotBeNull().ShouldContain(words);
        var refusal = (await FindAsync(find, maxUsd: 5)).Refusal();
        (refusal.Kind, refusal.Message.Contains(words)).ShouldBe((kind, true));
    }

    [Theory]
    [InlineData(null, "each run's machine costs 0.25 USD an hour")]
    [InlineData(5, "each run's machine costs 0.25 USD an hour; the runs stop at 5.00 USD")]
    public async Task A_known_price_is_shown(int? maxUsd, string note) =>
        (await FindAsync(() => new HourlyPrice(0.25m), maxUsd)).Value().ShouldBe(new FoundPrice(0.25m, note));

    [Fact]
    public async Task That_a_users_own_machines_have_no_price_needs_no_note()
    {
        var price = new HourlyPrice(null) { IsOwnMachine = true };
        (await FindAsync(() => price, maxUsd: null)).Value().ShouldBe(new FoundPrice(null, null));
        (await FindAsync(() => price, maxUsd: 5)).Refusal().Kind.ShouldBe(RefusalKind.BadInput);
    }

    [Fact]
    public async Task A_share_of_a_machine_is_called_one() =>
        (await FindAsync(() => new HourlyPrice(0.25m) { LeastUsd = 0.25m, IsShare = true }, maxUsd: null)).Value()
        .ShouldBe(new FoundPrice(0.25m, "each run's share of its machine costs 0.25 USD an hour"));

    [Fact]
    public async Task This_machine_costs_nothing() => (await PriceFinder.FindAsync(
        new PricedTarget(() => throw new NotSupportedException()), isLocal: true, new ResourceSpec(), null, 5, CancellationToken.None))
        .Value().ShouldBe(new FoundPrice(0, null));

    private static Task<Outcome<FoundPrice>> FindAsync(Func<Outcome<HourlyPrice>> find, decimal? maxUsd) => PriceFinder.FindAsync(
        new PricedTarget(find), isLocal: false, new ResourceSpec(), null, maxUsd, CancellationToken.None);
}
