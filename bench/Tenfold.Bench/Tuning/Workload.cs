namespace Tenfold.Bench.Tuning;

/// <summary>The distribution of the trials' durations, in simulated time with a mean of 1.</summary>
internal enum Durations
{
    /// <summary>Uniform from 0 to 2.</summary>
    Uniform,

    /// <summary>The absolute value of a Gaussian.</summary>
    HalfNormal,

    /// <summary>Exponential.</summary>
    Exponential,
}

/// <summary>The random part of each trial of a simulated study, by the trial's number. Every method gets the same.</summary>
/// <param name="Times">The durations.</param>
/// <param name="Noises">Standard Gaussian noise.</param>
internal sealed record Workload(double[] Times, double[] Noises)
{
    /// <summary>The workload of a seed.</summary>
    public static Workload Of(Durations durations, int seed, int trials)
    {
        var random = new Random(seed);
        var noises = Enumerable.Range(0, trials).Select(_ => Gaussian(random)).ToArray();
        var times = Enumerable.Range(0, trials).Select(_ => durations switch
        {
            Durations.Uniform => 2 * random.NextDouble(),
            Durations.HalfNormal => Math.Abs(Gaussian(random)) * Math.Sqrt(Math.PI / 2),
            _ => -Math.Log(1 - random.NextDouble()),
        }).ToArray();
        return new Workload(times, noises);
    }

    // Box and Muller 1958.
    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
