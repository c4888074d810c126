using Tenfold.Core.Pools;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Pool.Instances;

/// <summary>Computes what a run costs on the instances of a pool: their price, times the share of an instance that the run needs.</summary>
internal static class InstancePrices
{
    /// <summary>Computes the price of an hour of a run.</summary>
    /// <param name="needs">What the run needs.</param>
    /// <param name="instances">The instances of which one may execute it.</param>
    /// <returns>The price on the dearest and on the cheapest instance; no price when that of one instance isn't known.</returns>
    public static HourlyPrice Of(ResourceSpec needs, IReadOnlyList<PoolInstance> instances)
    {
        var prices = instances.Where(instance => instance.State is not (InstanceState.Missing or InstanceState.Deleted))
            .Select(instance => instance.UsdPerHour * ShareOf(needs, instance.Size)).ToList();
        return prices.Count == 0 || prices.Contains(null) ? new HourlyPrice(null)
            : new HourlyPrice(prices.Max()) { LeastUsd = prices.Min(), IsShare = true };
    }

    // A machine that runs as many runs as it has room for is paid by all of them. A machine of unknown size has room for one.
    private static decimal ShareOf(ResourceSpec needs, PoolRoom? size) => size is null ? 1 : (decimal)Math.Clamp(
        Math.Max(
            (needs.Cpus ?? 1) / size.Cpus,
            Math.Max(
                (double)(needs.MemoryBytes ?? 0) / size.MemoryBytes, size.Gpus == 0 ? 0 : (double)needs.Gpus / size.Gpus)),
        0, 1);
}
