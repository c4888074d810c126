using Tenfold.Numerics.Tuning.Methods;

namespace Tenfold.Numerics.Tuning;

/// <summary>Creates search methods.</summary>
public static class SearchMethods
{
    /// <summary>Creates a method. An instance serves one study.</summary>
    /// <exception cref="NotSupportedException">The value is not a method.</exception>
    public static ISearchMethod Create(SweepMethod method) => method switch
    {
        SweepMethod.Auto => new AutoMethod(),
        SweepMethod.Random => new RandomMethod(),
        SweepMethod.Sobol => new SobolMethod(),
        SweepMethod.Grid => new GridMethod(),
        SweepMethod.Thompson => new ThompsonMethod(),
        SweepMethod.LogEI => new LogEiMethod(),
        SweepMethod.Tpe => new TpeMethod(),
        _ => throw new NotSupportedException($"there is no method {method}"),
    };
}
