using Tenfold.Core.Costs;
using Tenfold.Core.Results;

namespace Tenfold.Core.Tests.Results;

public sealed class Costs_never_overflow
{
    [Fact]
    public void A_cost_that_is_too_large_is_the_largest_value()
    {
        CostMath.Cost(decimal.MaxValue, TimeSpan.FromHours(2)).ShouldBe(decimal.MaxValue);
        CostMath.Cost(CostMath.MostUsdPerHour, TimeSpan.MaxValue, int.MaxValue).ShouldBe(decimal.MaxValue);
        CostMath.Add(decimal.MaxValue, 1).ShouldBe(decimal.MaxValue);
        CostMath.Add(TimeSpan.MaxValue, TimeSpan.FromHours(1)).ShouldBe(TimeSpan.MaxValue);
        new GroupCost(decimal.MaxValue, TimeSpan.FromDays(9)).Usd.ShouldBe(decimal.MaxValue);
    }

    [Fact]
    public void Others_are_exact()
    {
        CostMath.Cost(0.35m, TimeSpan.FromMinutes(90), 2).ShouldBe(1.05m);
        CostMath.Add(1.5m, 2m).ShouldBe(3.5m);
        CostMath.Add(TimeSpan.FromHours(1), TimeSpan.FromHours(2)).ShouldBe(TimeSpan.FromHours(3));
        CostMath.Price(CostMath.MostUsdPerHour).ShouldBe(CostMath.MostUsdPerHour);
        CostMath.Price(-0.01m).ShouldBeNull();
    }
}
