using Tenfold.Numerics.Statistics;

using static Tenfold.Numerics.Tests.Statistics.Simulation;

namespace Tenfold.Numerics.Tests.Statistics;

/// <summary>Simulates confirmations: three finalists, ten fresh runs each with shared seeds, and ten further runs of the winner.</summary>
public sealed class A_finalist_is_chosen_by_fresh_runs
{
    private const int Studies = 4_000;

    /// <summary>The true means of the favourite and two others, in deviations of a run; how likely the favourite's runs go wrong.</summary>
    public static TheoryData<string, double[], double[], double> Scenarios => new()
    {
        { "no difference", [0, 0, 0], [1, 1, 1], 0 },
        { "the favourite is best", [0.5, 0, 0], [1, 1, 1], 0 },
        { "the favourite is worst", [0, 0.3, 0.6], [1, 1, 1], 0 },
        { "two are close", [0, 0.1, -2], [1, 1, 1], 0 },
        { "a clear winner", [0, 0, 3], [1, 1, 1], 0 },
        { "unequal spreads", [0, 0.2, 0.4], [0.5, 1, 2], 0 },
        { "a wild favourite", [0, 0.2, 0.2], [3, 1, 1], 0 },
        { "the favourite diverges", [0.5, 0, 0], [1, 1, 1], 0.3 },
        { "the favourite crashes", [0.5, 0, 0], [1, 1, 1], -0.3 },
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void The_winners_interval_is_right_after_the_choice(string scenario, double[] means, double[] spreads, double fault)
    {
        var random = new NormalSource(scenario.Length * 7);
        var (covered, changed, changedCovered, named, meanNamed) = (0, 0, 0, 0, 0);
        var best = BestOf(means, fault);
        for (var i = 0; i < Studies; i++)
        {
            var chosen = FinalistChoice.Best([.. Finalists(random, means, spreads, fault, out var averages)], MetricGoal.Maximize)!.Value;
            named += chosen == best ? 1 : 0;
            meanNamed += Array.IndexOf(averages, averages.Max()) == best ? 1 : 0;
            var wrong = chosen == 0 ? fault : 0;
            double[] further = [.. Repeats(random, random.Values(10, 0, 1), means[chosen], spreads[chosen], wrong).OfType<double>()];
            // A crash gives no value; a divergence lowers the mean.
            var isRight = Summary.Of(further).Interval!.Contains(means[chosen] - Math.Max(0, wrong) * Depth);
            covered += isRight ? 1 : 0;
            if (chosen == 0) continue;
            changed++;
            changedCovered += isRight ? 1 : 0;
        }

        (covered / (double)Studies).ShouldBeInRange(0.94, 0.97, scenario);
        if (changed > Studies / 20) (changedCovered / (double)changed).ShouldBeInRange(0.93, 0.97, $"{scenario}: the choice changed");
        ((named - meanNamed) / (double)Studies).ShouldBeGreaterThanOrEqualTo(-0.02, scenario);
        if (fault != 0) (1 - changed / (double)Studies).ShouldBeLessThan(0.16, $"{scenario}: how often it is confirmed");
    }

    [Fact]
    public void Without_further_runs_the_widened_interval_is_right_at_least_as_often_as_promised()
    {
        var random = new NormalSource(77);
        Share(Studies, () =>
        {
            List<IReadOnlyList<SeedValue>> finalists = [.. Finalists(random, [0, 0, 0], [1, 1, 1], 0, out _)];
            var chosen = finalists[FinalistChoice.Best(finalists, MetricGoal.Maximize)!.Value];
            return FinalistChoice.Summarise([.. chosen.Select(run => run.Value!.Value)], 0.95, 3).Interval!.Contains(0);
        }).ShouldBeGreaterThanOrEqualTo(0.95);
    }

    [Fact]
    public void A_value_far_out_is_found_in_its_direction()
    {
        double[] values = [.96, .961, .1, .959, .96, .9605];
        FarOut.Find(values).ShouldBe([false, false, true, false, false, false]);
        FarOut.FindDiverged(values, MetricGoal.Maximize).ShouldBe([false, false, true, false, false, false]);
        FarOut.FindDiverged(values, MetricGoal.Minimize).ShouldAllBe(isFar => !isFar);
        FarOut.Find([.1, .9, .9, .9]).ShouldAllBe(isFar => !isFar, "too few");
        FinalistChoice.Best([], MetricGoal.Maximize).ShouldBeNull();
    }

    private const double Depth = 30;

    private static int BestOf(double[] means, double fault)
    {
        double[] worth = [.. means.Select((mean, i) => i == 0 && fault != 0 ? mean - 100 : mean)];
        return Array.IndexOf(worth, worth.Max());
    }

    private static IEnumerable<IReadOnlyList<SeedValue>> Finalists(
        NormalSource random, double[] means, double[] spreads, double fault, out double[] averages)
    {
        var shared = random.Values(10, 0, 1);
        var runs = means.Select((mean, i) => Repeats(random, shared, mean, spreads[i], i == 0 ? fault : 0)).ToList();
        averages = [.. runs.Select(values => values.Average() ?? double.MinValue)];
        return runs.Select(IReadOnlyList<SeedValue> (values) => [.. values.Select((value, i) => new SeedValue(i, value))]);
    }

    // Half of the variance belongs to the seed. A positive fault is the rate of divergence, a negative one that of crashes.
    private static double?[] Repeats(NormalSource random, double[] shared, double mean, double spread, double fault) =>
    [
        .. random.Values(10, 0, 1).Zip(shared, (own, common) => mean + spread * (own + common) * Math.Sqrt(0.5))
            .Select(value => random.NextUniform() >= Math.Abs(fault) ? value : fault < 0 ? null : (double?)(value - Depth)),
    ];
}
