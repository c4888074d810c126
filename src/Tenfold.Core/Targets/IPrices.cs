using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Targets;

/// <summary>A target that knows what its machines cost. The price belongs to the machine that a run gets, not to the target.</summary>
public interface IPrices
{
    /// <summary>Finds the price of the machine that a run would get.</summary>
    /// <param name="resources">What the run needs; spot machines have another price.</param>
    /// <param name="target">The target's options, which may name an instance type; null for this machine.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The price; or a refusal: the user's own list of prices can't be read.</returns>
    /// <exception cref="TargetException">The prices can't be asked for now.</exception>
    ValueTask<Outcome<HourlyPrice>> FindPriceAsync(ResourceSpec resources, TargetSpec? target, CancellationToken cancellationToken);
}

/// <summary>What an hour of one run's machine costs.</summary>
/// <param name="Usd">US dollars; 0 when it costs nothing; null when the price isn't known.</param>
public sealed record HourlyPrice(decimal? Usd)
{
    /// <summary>
    /// What it costs at least, when the backend chooses the machine or lets runs share it. Then <see cref="Usd"/> is the price of a whole
    /// machine; a backend that has no such machine free may choose a dearer one. Null when the price is certain.
    /// </summary>
    public decimal? LeastUsd { get; init; }

    /// <summary>True when the machines are the user's own, so that nobody expects them to have a price. False otherwise.</summary>
    public bool IsOwnMachine { get; init; }

    /// <summary>True when runs share a machine, and the price is that of a run's share of it. False for a whole machine.</summary>
    public bool IsShare { get; init; }
}
