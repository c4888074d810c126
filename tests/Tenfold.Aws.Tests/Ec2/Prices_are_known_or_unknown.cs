using System.Text.Json;
using Tenfold.Aws.Prices;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Ec2;

public sealed class Prices_are_known_or_unknown : IDisposable
{
    private readonly Ec2Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("""{ "instance_type": "m6i.large" }""", 0.107)]
    [InlineData("""{ "instance_type": "g4dn.xlarge" }""", 0.587)]
    [InlineData("{}", 0.107)] // m6i.large
    [InlineData("""{ "instance_type": "x9.huge" }""", null)]
    [InlineData("""{ "instance_type": "x9.huge", "usd_per_hour": "1.25" }""", 1.25)]
    [InlineData("""{ "instances": [ "i-00000001" ] }""", null)]
    public async Task The_price_is_that_of_the_machine_that_a_run_would_get(string options, double? usd) =>
        (await PriceAsync(options)).ShouldBe((decimal?)usd);

    [Fact]
    public async Task The_dearest_zone_counts_for_spot()
    {
        _bench.Ec2.SpotPrices.AddRange([0.04m, 0.05m]);
        (await PriceAsync("""{ "instance_type": "m6i.large", "spot": true }""")).ShouldBe(0.05m);
        (await PriceAsync("""{ "instance_type": "m6i.large", "spot": false }""")).ShouldBe(0.107m);
        // No offer, no price. It is asked for each type.
        _bench.Ec2.SpotPrices.Clear();
        (await PriceAsync("""{ "instance_type": "c6i.large", "spot": true }""")).ShouldBeNull();
    }

    [Fact]
    public async Task The_users_own_price_precedes_the_table()
    {
        await File.WriteAllTextAsync(_bench.Prices, """{ "eu-west-1": { "m6i.large": 0.07 } }""", Ec2Bench.Cancel);
        (await PriceAsync("""{ "instance_type": "m6i.large" }""")).ShouldBe(0.07m);
        (await PriceAsync("""{ "instance_type": "m6i.xlarge" }""")).ShouldBe(0.214m);
        await File.WriteAllTextAsync(_bench.Prices, "{", Ec2Bench.Cancel);
        var refusal = (await FindAsync("""{ "instance_type": "m6i.large" }""")).Refusal();
        (refusal.Kind, refusal.Message.Contains("prices.json")).ShouldBe((RefusalKind.BadInput, true));
    }

    [Fact]
    public void The_table_is_sound()
    {
        var catalog = InstanceCatalog.Shared;
        catalog.Date.Year.ShouldBeGreaterThan(2024);
        catalog.Source.ShouldContain("amazon.com");
        foreach (var type in catalog.Types)
        {
            type.Vcpus.ShouldBeInRange(1, 448);
            type.MemoryGiB.ShouldBeInRange(0.5, 32_768);
            catalog.UsdPerHour("us-east-1", type.Name).ShouldNotBeNull(type.Name).ShouldBeInRange(0.004m, 200);
        }
    }

    [Theory]
    [InlineData(null, null, 0, "m6i.large")]
    [InlineData(2, 4, 0, "c6i.large")]
    [InlineData(4, 30, 0, "r6i.xlarge")]
    [InlineData(4, null, 1, "g4dn.xlarge")]
    [InlineData(4, null, 8, "g4dn.metal")]
    [InlineData(1, 2000, 0, null)]
    public void The_cheapest_type_that_fits_is_chosen(int? cpus, int? gigabytes, int gpus, string? type) =>
        InstanceCatalog.Shared
            .CheapestFor(new ResourceSpec { Cpus = cpus, MemoryBytes = gigabytes * (1L << 30), Gpus = gpus }, "us-west-2")?.Name
            .ShouldBe(type);

    private async Task<decimal?> PriceAsync(string options) => (await FindAsync(options)).Value().Usd;

    private async Task<Outcome<HourlyPrice>> FindAsync(string options) => await _bench.Target.FindPriceAsync(
        new ResourceSpec(), new TargetSpec("ec2", "a/eu-west-1/tenfold", JsonDocument.Parse(options).RootElement), Ec2Bench.Cancel);
}
