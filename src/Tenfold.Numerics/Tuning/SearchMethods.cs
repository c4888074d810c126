using Tenfold.Numerics.Tuning.Methods;

namespace Tenfold.Numerics.Tuning;

/// <summary>Creates search methods.</summary>
public static class SearchMethods
{
    /// <summary>Creates a method. Use one instance for each study.</summary>
    /// <param name="method">Which method.</param>
    /// <exception cref="NotSupportedException">The value is not a member of <see cref="SweepMethod"/>.</exception>
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
