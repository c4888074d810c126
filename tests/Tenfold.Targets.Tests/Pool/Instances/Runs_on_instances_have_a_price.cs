using Tenfold.Core.Pools;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Pool.Instances;

/// <summary>Each instance of the scene has four cores, 16 GiB and a GPU.</summary>
public sealed class Runs_on_instances_have_a_price : IDisposable
{
    private readonly InstanceScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(2.0, 0, 0, 0.5)]
    [InlineData(null, 0, 0, 0.25)]
    [InlineData(1.0, 12, 0, 0.75)]
    [InlineData(1.0, 1, 1, 1.0)]
    [InlineData(64.0, 0, 0, 1.0)]
    public async Task A_run_costs_the_share_of_an_instance_that_it_needs(double? cpus, long gibibytes, int gpus, double usd)
    {
        foreach (var id in _scene.Ids) _scene.Cloud[id] = _scene.Cloud[id] with { UsdPerHour = 1 };
        var price = await FindAsync(new ResourceSpec { Cpus = cpus, MemoryBytes = gibibytes << 30, Gpus = gpus });
        (price.Usd, price.LeastUsd, price.IsShare).ShouldBe(((decimal)usd, (decimal)usd, true));
    }

    [Fact]
    public async Task The_dearest_instance_counts()
    {
        foreach (var (id, usd) in _scene.Ids.Zip([1m, 4m, 2m])) _scene.Cloud[id] = _scene.Cloud[id] with { UsdPerHour = usd };
        var price = await FindAsync(new ResourceSpec { Cpus = 2 });
        (price.Usd, price.LeastUsd).ShouldBe((2m, 0.5m));
        _scene.Cloud[_scene.Ids[1]] = _scene.Cloud[_scene.Ids[1]] with { State = InstanceState.Deleted };
        (await FindAsync(new ResourceSpec { Cpus = 2 })).Usd.ShouldBe(1m);
    }

    [Fact]
    public async Task Without_the_price_of_one_instance_there_is_none()
    {
        _scene.Cloud[_scene.Ids[0]] = _scene.Cloud[_scene.Ids[0]] with { UsdPerHour = 1 };
        var price = await FindAsync(new ResourceSpec());
        (price.Usd, price.IsOwnMachine).ShouldBe((null, false));
    }

    [Fact]
    public async Task Nobody_expects_a_price_of_machines_of_ones_own()
    {
        var (target, spec) = await _scene.OpenAsync();
        var own = new TargetSpec(spec.Kind, spec.Place, System.Text.Json.JsonDocument.Parse("{}").RootElement);
        var price = (await ((IPrices)target).FindPriceAsync(new ResourceSpec(), own, CancellationToken.None)).Value();
        (price.Usd, price.IsOwnMachine, _scene.Cloud.Listings).ShouldBe((null, true, 0));
    }

    private async Task<HourlyPrice> FindAsync(ResourceSpec needs)
    {
        var (target, spec) = await _scene.OpenAsync();
        return (await ((IPrices)target).FindPriceAsync(needs, spec, CancellationToken.None)).Value();
    }
}
