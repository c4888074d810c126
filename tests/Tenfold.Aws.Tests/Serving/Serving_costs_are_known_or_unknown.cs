using Tenfold.Aws.Serving;

namespace Tenfold.Aws.Tests.Serving;

public sealed class Serving_costs_are_known_or_unknown
{
    [Fact]
    public void Idle_serving_has_a_price_in_a_region_of_the_table()
    {
        var costs = ServingCosts.Of("us-east-1", gateways: 1, "db.t4g.micro", isPublic: false);
        // 730 hours: load balancer 16.43, gateway 18.02, database 11.68, its disk 2.30, an address 3.65, the password 0.40.
        (costs.UsdPerHour * 730).ShouldNotBeNull().ShouldBe(52.48m, 0.01m);
        string.Join('\n', costs.Lines("us-east-1")).ShouldContain("52 USD a month");
        ServingCosts.Of("us-east-1", 2, "db.t4g.micro", isPublic: true).UsdPerHour.ShouldNotBeNull()
            .ShouldBe(costs.UsdPerHour!.Value + 0.024685m + (3 * 0.005m));
    }

    [Theory]
    [InlineData("eu-west-1", "db.t4g.micro")]
    [InlineData("us-east-1", "db.r9z.huge")]
    public void A_price_that_is_not_in_the_table_is_unknown(string region, string database)
    {
        var costs = ServingCosts.Of(region, 1, database, isPublic: false);
        costs.UsdPerHour.ShouldBeNull();
        costs.Lines(region).First().ShouldContain("price unknown");
    }

    [Fact]
    public void No_gateway_costs_nothing() =>
        ServingCosts.Of("us-east-1", 0, "db.t4g.micro", isPublic: false).Parts.Single(part => part.Part.Contains("gateway")).UsdPerHour
            .ShouldBe(0);
}
