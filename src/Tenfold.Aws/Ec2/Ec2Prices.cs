using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Prices;
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
    private readonly SpotPrices _spot = new(ec2, time);

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
            ? await Ec2Faults.TranslateAsync(() => _spot.FindAsync(plan.InstanceType, cancellationToken))
            : InstanceCatalog.Shared.UsdPerHour(region, plan.InstanceType));
    }
}
