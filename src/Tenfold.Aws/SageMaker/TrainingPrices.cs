using Tenfold.Aws.Prices;
using Tenfold.Aws.SageMaker.Submit;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker;

/// <summary>Finds what an hour of a run's machine costs. Unknown prices stay unknown.</summary>
/// <param name="own">The user's own prices.</param>
internal sealed class TrainingPrices(UserPrices own)
{
    /// <summary>Finds the price of a run's machine. SageMaker publishes no price of its spot machines.</summary>
    /// <returns>The price; or BadInput: the user's price file can't be read.</returns>
    public Outcome<HourlyPrice> Find(ResourceSpec resources, SageMakerOptions options, SageMakerPlace place)
    {
        if (options.UsdPerHour is { } named) return new HourlyPrice(named);
        if (TrainingPlan.For(resources, options, place, out _) is not { } plan) return new HourlyPrice(null);
        if (!own.Find(place.Region, plan.InstanceType).Succeeded(out var price, out var refusal)) return refusal;
        return price.Usd is not null ? price
            : new HourlyPrice(plan.IsSpot ? null : InstanceCatalog.Training.UsdPerHour(place.Region, plan.InstanceType));
    }
}
