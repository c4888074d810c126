using System.Text.Json;
using Tenfold.Aws.Batch;
using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Double;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Batch;

public sealed class Prices_of_jobs_are_known_or_unknown : IDisposable
{
    private readonly AwsDouble _aws = new(new AwsDoubleOptions { RunsProcesses = false });
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _aws.Dispose();
    }

    [Theory]
    // m5.large has 2 vCPUs and 8 GiB: a run of one vCPU has half of it.
    [InlineData("EC2", "m5.large", 1, 0, 0.107, 0.0535)]
    [InlineData("EC2", "m5.large", 2, 0, 0.107, 0.107)]
    [InlineData("EC2", "m5", 1, 0, 0.107, 0.0535)]
    [InlineData("EC2", "g5.xlarge", 4, 1, 1.123, 1.123)]
    [InlineData("EC2", "x9.huge", 1, 0, null, null)]
    [InlineData("EC2", "m5.large", 500, 0, null, null)]
    [InlineData("FARGATE", "", 1, 0, null, null)]
    public async Task The_price_is_between_the_runs_share_and_the_whole_machine(
        string kind, string type, int cpus, int gpus, double? most, double? least)
    {
        Add(kind, type);
        var price = await PriceAsync(new ResourceSpec { Cpus = cpus, Gpus = gpus });
        (Rounded(price.Usd), Rounded(price.LeastUsd)).ShouldBe(((decimal?)most, (decimal?)least));
    }

    [Fact]
    public async Task Any_machine_that_Batch_calls_optimal_may_be_chosen()
    {
        Add("EC2", "optimal");
        var price = await PriceAsync(new ResourceSpec { Cpus = 1 });
        price.Usd.ShouldNotBeNull();
        price.LeastUsd.ShouldNotBeNull().ShouldBeLessThan(price.Usd.Value);
    }

    // The spot price of m5.large is 0.037, and a little more in other zones; its list price is 0.107.
    [Theory]
    [InlineData("SPOT", null, true)]
    [InlineData("SPOT", "SPOT", true)]
    [InlineData("EC2", "SPOT", false)]
    [InlineData("SPOT", "EC2", false)]
    public async Task Only_a_queue_of_spot_machines_alone_costs_less(string first, string? second, bool costsLess)
    {
        _aws.Batch.AddComputeEnvironment("first", first, 1000, "m5.large");
        if (second is not null) _aws.Batch.AddComputeEnvironment("second", second, 1000, "m5.large");
        _aws.Batch.AddQueue("q", second is null ? ["first"] : ["first", "second"]);
        var price = await PriceAsync(new ResourceSpec { Cpus = 2 });
        if (costsLess) price.Usd.ShouldNotBeNull().ShouldBeInRange(0.037m, 0.05m);
        else Rounded(price.Usd).ShouldBe(0.107m);
        price.LeastUsd.ShouldNotBeNull().ShouldBeInRange(0.037m, 0.05m);
    }

    [Theory]
    [InlineData("EC2", 0.05)]
    [InlineData("SPOT", 0.05)]
    [InlineData("SPOT", 0)]
    [InlineData("EC2", 0)]
    public async Task The_users_own_price_precedes_every_other(string kind, double usd)
    {
        Add(kind, "m5.large");
        _folder.Write("prices.json", FormattableString.Invariant($$"""{ "eu-west-1": { "m5.large": {{usd}} } }"""));
        var price = await PriceAsync(new ResourceSpec { Cpus = 1 });
        (price.Usd, price.LeastUsd).ShouldBe(((decimal)usd, (decimal)usd / 2));
    }

    [Fact]
    public async Task A_list_of_the_users_own_prices_that_can_not_be_read_is_refused()
    {
        Add("EC2", "m5.large");
        _folder.Write("prices.json", "{");
        (await FindAsync(new ResourceSpec(), "q")).Succeeded(out _, out var refusal).ShouldBeFalse();
        refusal!.Message.ShouldContain("prices.json");
    }

    private static decimal? Rounded(decimal? usd) => usd is { } known ? Math.Round(known, 4) : null;

    private void Add(string kind, string type, string name = "q")
    {
        _aws.Batch.AddComputeEnvironment(name, kind, 1000, type.Length > 0 ? [type] : []);
        _aws.Batch.AddQueue(name, name);
    }

    private async Task<HourlyPrice> PriceAsync(ResourceSpec resources, string queue = "q")
    {
        (await FindAsync(resources, queue)).Succeeded(out var price, out var refusal).ShouldBeTrue(refusal?.Message);
        return price!;
    }

    private Task<Outcome<HourlyPrice>> FindAsync(ResourceSpec resources, string queue)
    {
        var options = BatchOptions.From(TargetSettings.From(
            new TargetSpec("batch", "place", JsonDocument.Parse($$"""{ "queue": "{{queue}}" }""").RootElement)));
        var connection = new BatchConnection(options, BatchFixture.OptionsOf(_aws), TimeProvider.System);
        return new BatchPrices(connection, _folder["prices.json"], TimeProvider.System).FindAsync(options, resources, default);
    }
}
