using Tenfold.Core.Projects;
using Tenfold.Core.Tuning.Methods;

namespace Tenfold.Core.Tuning;

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
        SweepMethod.Tpe => new TpeMethod(),
        SweepMethod.Thompson => new ThompsonMethod(),
        SweepMethod.LogEI => new LogEiMethod(),
        _ => throw new NotSupportedException($"there is no method {method}"),
    };
}
