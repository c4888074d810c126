using Tenfold.Numerics.Tuning.Methods;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tuning;

/// <summary>Creates search methods.</summary>
public static class SearchMethods
{
    /// <summary>Creates a method. Use one instance for each study.</summary>
    /// <param name="method">Which method.</param>
    /// <param name="fits">Keeps the fits of its model for other processes; null to keep them in memory only.</param>
    /// <exception cref="NotSupportedException">The value is not a member of <see cref="SweepMethod"/>.</exception>
    public static ISearchMethod Create(SweepMethod method, IFitStore? fits = null) => method switch
    {
        SweepMethod.Auto => new AutoMethod(fits),
        SweepMethod.Random => new RandomMethod(),
        SweepMethod.Sobol => new SobolMethod(),
        SweepMethod.Grid => new GridMethod(),
        SweepMethod.Thompson => new ThompsonMethod(new ModelCache(fits)),
        SweepMethod.LogEI => new LogEiMethod(new ModelCache(fits)),
        SweepMethod.Tpe => new TpeMethod(),
        _ => throw new NotSupportedException($"there is no method {method}"),
    };
}
