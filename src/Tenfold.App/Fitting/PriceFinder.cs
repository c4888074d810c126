using Tenfold.App.Targets;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.App.Fitting;

/// <summary>Finds what the machines of new runs cost, and refuses a limit that can't be kept.</summary>
internal static class PriceFinder
{
    /// <summary>Finds the price of an hour of each run's machine.</summary>
    /// <param name="target">The target.</param>
    /// <param name="isLocal">True for this machine, which costs nothing.</param>
    /// <param name="resources">What a run needs.</param>
    /// <param name="spec">The target as the group records it.</param>
    /// <param name="maxUsd">What the runs may cost together; null for no limit.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The price with a note about it; or a refusal when there is a limit and no price.</returns>
    public static async Task<Outcome<FoundPrice>> FindAsync(
        ITarget target, bool isLocal, ResourceSpec resources, TargetSpec? spec, decimal? maxUsd, CancellationToken cancellationToken)
    {
        if (isLocal) return new FoundPrice(0, null);
        if (!(await ReadAsync(target, resources, spec, cancellationToken)).Succeeded(out var price, out var refusal))
            return maxUsd is null ? new FoundPrice(null, $"the price of the machines is unknown: {refusal.Message}") : refusal;
        var usd = price.Usd;
        if (maxUsd is not null && usd is null)
        {
            var option = TargetKinds.Declarations.FirstOrDefault(kind => kind.Kind == target.Capabilities.Kind)?.PriceOption;
            return Refusal.BadInput(
                "max_cost can't be kept, because the price of the target's machines is unknown: " +
                $"{(option is null ? "" : $"set the target's `{option}`, or ")}leave max_cost out");
        }

        if (target is not IPrices || (usd is null && price.IsOwnMachine)) return new FoundPrice(usd, null);
        if (usd is not { } known) return new FoundPrice(null, "the price of the machines is unknown");
        var limited = maxUsd is { } limit ? $"; the runs stop at {Money.Format(limit)} USD" : "";
        return new FoundPrice(known, price.LeastUsd is { } least && least < known
            ? $"each run costs {Money.Format(least)} to {Money.Format(known)} USD an hour, as the target chooses its machine; "
                + $"the larger price counts{limited}"
            : $"each run's {(price.IsShare ? "share of its machine" : "machine")} costs {Money.Format(known)} USD an hour{limited}");
    }

    private static async Task<Outcome<HourlyPrice>> ReadAsync(
        ITarget target, ResourceSpec resources, TargetSpec? spec, CancellationToken cancellationToken)
    {
        try
        {
            return target is IPrices prices ? await prices.FindPriceAsync(resources, spec, cancellationToken) : new HourlyPrice(null);
        }
        catch (TargetException e)
        {
            return Refusal.Unavailable(e.MessageForNewWork);
        }
    }
}

/// <summary>The price of an hour of a machine.</summary>
/// <param name="UsdPerHour">The price; 0 for this machine, null when it isn't known.</param>
/// <param name="Note">What the user should know about it; null for nothing.</param>
internal sealed record FoundPrice(decimal? UsdPerHour, string? Note);
