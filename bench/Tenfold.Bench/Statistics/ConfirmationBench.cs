using Tenfold.Numerics.Statistics;

namespace Tenfold.Bench.Statistics;

/// <summary>Simulates confirmations: three finalists with ten fresh runs each, and ten further runs of the winner.</summary>
/// <param name="studies">How many studies a scenario has.</param>
/// <param name="row">Writes a row.</param>
internal sealed class ConfirmationBench(int studies, Action<string, double, double?, double?, int> row)
{
    private const double Depth = 30;

    // The true means and spreads, and how likely the favourite's runs go wrong: above 0 they diverge, below 0 they crash.
    private static readonly (string Name, double[] Means, double[] Spreads, double Fault)[] Scenarios =
    [
        ("no difference", [0, 0, 0], [1, 1, 1], 0),
        ("the favourite is best", [0.5, 0, 0], [1, 1, 1], 0),
        ("the favourite is worst", [0, 0.3, 0.6], [1, 1, 1], 0),
        ("two are close", [0, 0.1, -2], [1, 1, 1], 0),
        ("a clear winner", [0, 0, 3], [1, 1, 1], 0),
        ("unequal spreads", [0, 0.2, 0.4], [0.5, 1, 2], 0),
        ("a wild favourite", [0, 0.2, 0.2], [3, 1, 1], 0),
        ("the favourite diverges", [0.5, 0, 0], [1, 1, 1], 0.3),
        ("the favourite crashes", [0.5, 0, 0], [1, 1, 1], -0.3),
    ];

    /// <summary>Runs all scenarios.</summary>
    public void Run()
    {
        foreach (var (name, means, spreads, fault) in Scenarios)
        {
            var random = new SimulatedRuns(name.Length * 7);
            double[] worth = [.. means.Select((mean, i) => i == 0 && fault != 0 ? mean - 100 : mean)];
            var best = Array.IndexOf(worth, worth.Max());
            var (covered, changed, changedCovered, named, meanNamed) = (0, 0, 0, 0, 0);
            for (var i = 0; i < studies; i++)
            {
                var shared = random.Normals(10);
                double?[][] finalists =
                    [.. means.Select((mean, one) => Repeats(random, shared, mean, spreads[one], one == 0 ? fault : 0))];
                double[] averages = [.. finalists.Select(values => values.Average() ?? double.MinValue)];
                var chosen = FinalistChoice.Best(
                    [.. finalists.Select(ToRuns)], MetricGoal.Maximize)!.Value;
                named += chosen == best ? 1 : 0;
                meanNamed += Array.IndexOf(averages, averages.Max()) == best ? 1 : 0;
                var wrong = chosen == 0 ? fault : 0;
                double[] further = [.. Repeats(random, random.Normals(10), means[chosen], spreads[chosen], wrong).OfType<double>()];
                var isRight = further.Length > 1
                    && Summary.Of(further).Interval!.Contains(means[chosen] - Math.Max(0, wrong) * Depth);
                covered += isRight ? 1 : 0;
                changed += chosen == 0 ? 0 : 1;
                changedCovered += chosen != 0 && isRight ? 1 : 0;
            }

            row($"the named winner's interval covers: {name}", covered / (double)studies, 0.94, 0.97, studies);
            if (changed > studies / 20)
                row($"as well when the choice changed: {name}", changedCovered / (double)changed, 0.94, 0.97, changed);
            if (name == "no difference") continue;
            var rate = meanNamed / (double)studies;
            row($"the true best of three is named: {name}", named / (double)studies, Math.Max(0, rate - 0.02), null, studies);
        }

        DivergingWinner();
    }

    // The winner has one diverged run in ten, so that ten runs show none in a third of the studies. Its mean is then out of reach, and its
    // typical runs and its rate of divergence are what the intervals are about.
    private void DivergingWinner()
    {
        const double Mean = 5, Fault = 0.1;
        var random = new SimulatedRuns(83);
        double[] all = [.. Repeats(random, random.Normals(400_000), Mean, 1, Fault).OfType<double>().Order()];
        var typical = all[80_000..320_000].Average();
        var (won, mean, trimmed, rate, noted) = (0, 0, 0, 0, 0);
        for (var i = 0; i < studies; i++)
        {
            var shared = random.Normals(10);
            var chosen = FinalistChoice.Best(
                [.. new[] { Mean, 0, 0 }.Select((one, k) => ToRuns(Repeats(random, shared, one, 1, k == 0 ? Fault : 0)))],
                MetricGoal.Maximize);
            if (chosen != 0) continue;
            won++;
            double[] further = [.. Repeats(random, random.Normals(10), Mean, 1, Fault).OfType<double>()];
            mean += Summary.Of(further).Interval!.Contains(Mean - Fault * Depth) ? 1 : 0;
            trimmed += CentralValue.Of(further, LocationStatistic.Trimmed).Interval!.Contains(typical) ? 1 : 0;
            var bad = FarOut.FindDiverged(further, MetricGoal.Maximize).Count(isFar => isFar);
            noted += bad > 0 ? 1 : 0;
            rate += Rate.Estimate(bad, further.Length).Interval.Contains(Fault) ? 1 : 0;
        }

        const string What = "a winner that diverges in a tenth of its runs";
        row($"{What}: the interval of its mean covers", mean / (double)won, null, null, won);
        row($"{What}: diverged runs are noted", noted / (double)won, null, null, won);
        row($"{What}: the interval of its trimmed mean covers", trimmed / (double)won, 0.93, null, won);
        row($"{What}: the interval of its rate of divergence covers", rate / (double)won, 0.94, null, won);
    }

    private static SeedValue[] ToRuns(double?[] values) => [.. values.Select((value, seed) => new SeedValue(seed, value))];

    // Half of the variance belongs to the seed.
    private static double?[] Repeats(SimulatedRuns random, double[] shared, double mean, double spread, double fault) =>
    [
        .. random.Normals(shared.Length).Zip(shared, (own, common) => mean + spread * (own + common) * Math.Sqrt(0.5))
            .Select(value => random.Uniform() >= Math.Abs(fault) ? value : fault < 0 ? null : (double?)(value - Depth)),
    ];
}
