using Tenfold.Numerics.Statistics;

namespace Tenfold.Bench.Statistics;

/// <summary>A seeded source of the values of runs.</summary>
/// <param name="seed">The seed.</param>
internal sealed class SimulatedRuns(long seed)
{
    private readonly SplitMix64 _random = new(seed);

    /// <summary>A uniform number from 0 up to 1.</summary>
    public double Uniform() => _random.NextDouble();

    /// <summary>A normal value, by Box and Muller's method.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>Values of one kind.</summary>
    public double[] Values(int n, Func<SimulatedRuns, double> next) => [.. Enumerable.Range(0, n).Select(_ => next(this))];

    /// <summary>Normal values with mean 0.</summary>
    public double[] Normals(int n, double deviation = 1) => Values(n, random => deviation * random.Normal());

    /// <summary>The kinds of values that intervals are held to: the name, the source, and the true mean.</summary>
    public static IReadOnlyList<(string Name, Func<SimulatedRuns, double> Next, double Mean)> Kinds { get; } =
    [
        ("normal", random => random.Normal(), 0),
        ("exponential", random => -Math.Log(1 - random.Uniform()), 1),
        ("lognormal, σ = 0.5", random => Math.Exp(0.5 * random.Normal()), Math.Exp(0.125)),
        ("lognormal, σ = 1", random => Math.Exp(random.Normal()), Math.Exp(0.5)),
        ("accuracy 0.99 on 500 cases", random => random.Hits(500, 0.99), 0.99),
        ("accuracy 0.998 on 500 cases", random => random.Hits(500, 0.998), 0.998),
    ];

    /// <summary>A value of which one in ten diverged.</summary>
    public double OneInTenDiverged() => Uniform() < 0.1 ? -60 - 200 * Uniform() : Normal();

    private double Hits(int cases, double chance)
    {
        // The number of misses is a Poisson number, nearly.
        var (misses, product, limit) = (-1, 1.0, Math.Exp(-cases * (1 - chance)));
        do
        {
            product *= 1 - Uniform();
            misses++;
        }
        while (product > limit);
        return 1 - (double)Math.Min(misses, cases) / cases;
    }
}
