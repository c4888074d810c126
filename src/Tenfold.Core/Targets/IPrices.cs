using Tenfold.Core.Runs;

namespace Tenfold.Core.Targets;

/// <summary>A target that knows what its machines cost. The price belongs to the machine that a run gets, not to the target.</summary>
public interface IPrices
{
    /// <summary>Finds the price of the machine that a run would get.</summary>
    /// <param name="resources">What the run needs; spot machines have another price.</param>
    /// <param name="target">The target's options, which may name an instance type; null for this machine.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>US dollars per hour of one run; 0 when it costs nothing; null when the price isn't known.</returns>
    /// <exception cref="TargetException">The prices can't be asked for now.</exception>
    ValueTask<decimal?> ReadUsdPerHourAsync(ResourceSpec resources, TargetSpec? target, CancellationToken cancellationToken);
}
