using Tenfold.Numerics.Statistics;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>Generates standard normal numbers.</summary>
/// <remarks>Source: Box and Muller, "A note on the generation of random normal deviates", Ann. Math. Stat. 29 (1958).</remarks>
/// <param name="random">The generator of uniform numbers.</param>
internal sealed class NormalGenerator(SplitMix64 random)
{
    private double? _second;

    /// <summary>The next number.</summary>
    public double Next()
    {
        if (_second is { } second)
        {
            _second = null;
            return second;
        }

        var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
        _second = radius * sine;
        return radius * cosine;
    }
}
