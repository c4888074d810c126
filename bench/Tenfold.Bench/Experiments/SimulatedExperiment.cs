using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Bench.Experiments;

/// <summary>An experiment with a known truth, watched after every unit. The tests run few of them, the benchmark many.</summary>
internal sealed record SimulatedExperiment
{
    /// <summary>The candidate's share of the units.</summary>
    public double Share { get; init; } = 0.5;

    /// <summary>The share from <see cref="ChangeAt"/> on.</summary>
    public double LaterShare { get; init; } = 0.5;

    /// <summary>The number of the unit at which the share changes; by default it doesn't.</summary>
    public int ChangeAt { get; init; } = int.MaxValue;

    /// <summary>The number of units.</summary>
    public int Units { get; init; } = 5000;

    /// <summary>After how many units the comparison is looked at again. Default: every unit.</summary>
    public int LookEvery { get; init; } = 1;

    /// <summary>Makes the value of a unit, from random numbers, the unit's number, and whether it is the candidate's.</summary>
    public required Func<SplitMix64, int, bool, double> Value { get; init; }

    /// <summary>The options of the comparison.</summary>
    public SequentialOptions Options { get; init; } = new();

    /// <summary>Values of 1 with this probability, else 0.</summary>
    public static Func<SplitMix64, int, bool, double> Events(double baseline, double candidate) =>
        (random, _, isCandidate) => random.NextDouble() < (isCandidate ? candidate : baseline) ? 1 : 0;

    /// <summary>Skewed values, such as revenue: the exponential of a normal value with deviation 1.5.</summary>
    public static Func<SplitMix64, int, bool, double> Skewed { get; } = (random, _, _) => Math.Exp(1.5 * Normal(random));

    /// <summary>Runs the experiment once.</summary>
    /// <returns>The number of units after which the first verdict came; null when none came.</returns>
    public int? FirstVerdict(long seed)
    {
        var random = new SplitMix64(seed);
        var arms = new[] { UnitMoments.None, UnitMoments.None };
        ArmStratum? earlier = null;
        for (var unit = 1; unit <= Units; unit++)
        {
            if (unit == ChangeAt)
            {
                earlier = new(arms[0], arms[1]);
                arms = [UnitMoments.None, UnitMoments.None];
            }

            var isCandidate = random.NextDouble() < (unit < ChangeAt ? Share : LaterShare);
            ref var arm = ref arms[isCandidate ? 1 : 0];
            arm = arm.Join(UnitMoments.Of([Value(random, unit, isCandidate)]));
            if (unit % LookEvery != 0) continue;
            ArmStratum now = new(arms[0], arms[1]);
            var comparison = SequentialComparison.Of(earlier is null ? [now] : [earlier, now], MetricGoal.Maximize, Options);
            if (comparison.Verdict != SequentialVerdict.KeepGoing) return unit;
        }

        return null;
    }

    /// <summary>
    /// The share of repetitions with a verdict of the formula alone, from 20 units an arm on, without regard to rare events. An arm whose
    /// values are all equal has no spread then.
    /// </summary>
    public double TextbookVerdicts(int repetitions, long seed) =>
        Enumerable.Range(0, repetitions).AsParallel().Count(i => HasTextbookVerdict(SeedSequence.Derive(seed, i + 1)))
        / (double)repetitions;

    private bool HasTextbookVerdict(long seed)
    {
        var random = new SplitMix64(seed);
        var sequence = new AsymptoticConfidenceSequence(Options.Alpha, Options.TightestAt);
        var arms = new[] { UnitMoments.None, UnitMoments.None };
        for (var unit = 1; unit <= Units; unit++)
        {
            var isCandidate = random.NextDouble() < Share;
            ref var arm = ref arms[isCandidate ? 1 : 0];
            arm = arm.Join(UnitMoments.Of([Value(random, unit, isCandidate)]));
            if (Math.Min(arms[0].Count, arms[1].Count) < 20) continue;
            var error = Math.Sqrt(arms[0].Variance / arms[0].Count + arms[1].Variance / arms[1].Count);
            if (Math.Abs(arms[1].Mean - arms[0].Mean) > sequence.Radius(error, unit)) return true;
        }

        return false;
    }

    /// <summary>The share of repetitions with a verdict.</summary>
    public double ShareWithVerdict(int repetitions, long seed) =>
        Enumerable.Range(0, repetitions).AsParallel().Count(i => FirstVerdict(SeedSequence.Derive(seed, i + 1)) is not null)
        / (double)repetitions;

    /// <summary>A standard normal value, by Box and Muller's method.</summary>
    public static double Normal(SplitMix64 random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
