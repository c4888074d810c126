using System.Collections.Concurrent;
using Tenfold.Aws.Prices;
using Tenfold.Aws.Wire;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>Finds what an hour of a run's machine costs. Unknown prices stay unknown.</summary>
/// <param name="ec2">EC2, which has the current spot prices.</param>
/// <param name="region">The region.</param>
/// <param name="own">The user's own prices.</param>
/// <param name="time">The clock.</param>
internal sealed class Ec2Prices(IEc2 ec2, string region, UserPrices own, TimeProvider time)
{
    // Spot prices change slowly: by a few percent a day.
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (decimal? Usd, long At)> _spot = [];

    /// <summary>Finds the price of a run's machine.</summary>
    /// <returns>The price; or BadInput: the user's price file can't be read.</returns>
    /// <exception cref="TargetException">EC2 does not answer.</exception>
    public async ValueTask<Outcome<HourlyPrice>> FindAsync(
        Ec2Options options, ResourceSpec resources, CancellationToken cancellationToken)
    {
        if (options.UsdPerHour is { } named) return new HourlyPrice(named);
        // The list says nothing of a machine that exists: it may be reserved, or its type unknown here.
        if (options.Instances.Count > 0 || LaunchPlan.For(options, resources, region, out _) is not { } plan) return new HourlyPrice(null);
        if (!own.Find(region, plan.InstanceType).Succeeded(out var price, out var refusal)) return refusal;
        if (price.Usd is not null) return price;
        return new HourlyPrice(plan.IsSpot
            ? await SpotAsync(plan.InstanceType, cancellationToken)
            : InstanceCatalog.Shared.UsdPerHour(region, plan.InstanceType));
    }

    // The zone isn't known before the launch, so the most expensive one counts.
    private async Task<decimal?> SpotAsync(string type, CancellationToken cancellationToken)
    {
        if (_spot.TryGetValue(type, out var known) && time.GetElapsedTime(known.At) < Validity) return known.Usd;
        decimal? usd;
        try
        {
            var prices = await ec2.ListSpotPricesAsync(type, cancellationToken);
            usd = prices.Count > 0 ? prices.Max() : null;
        }
        catch (AwsException e) when (e.Fault is AwsFault.Denied or AwsFault.Invalid)
        {
            usd = null;
        }
        catch (AwsException e)
        {
            throw Ec2Faults.ToTarget(e);
        }

        _spot[type] = (usd, time.GetTimestamp());
        return usd;
    }
}
