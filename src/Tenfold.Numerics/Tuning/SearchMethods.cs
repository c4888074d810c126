using Tenfold.Numerics.Tuning.Methods;

namespace Tenfold.Numerics.Tuning;

/// <summary>The methods by name.</summary>
public static class SearchMethods
{
    /// <summary>A fresh method.</summary>
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
