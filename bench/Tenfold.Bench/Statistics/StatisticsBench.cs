using System.Globalization;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Planned;

namespace Tenfold.Bench.Statistics;

/// <summary>
/// Simulates comparisons, plans, confirmations and sweeps with a known truth, and prints a Markdown table of how often the printed numbers
/// are right. Equal sizes give equal tables.
/// </summary>
/// <param name="cases">How many cases a row has.</param>
internal sealed class StatisticsBench(int cases)
{
    private const double Alpha = 0.05;

    private static readonly ComparisonOptions TestsOnly = new() { PermutationDraws = 0, Plans = false };

    private bool _isWithin = true;

    /// <summary>Runs all simulations.</summary>
    /// <param name="smallest">Only checks that every section works; the figures mean nothing.</param>
    /// <returns>0 when all bounds hold, or with <paramref name="smallest"/>; else 1.</returns>
    public static int Run(bool smallest)
    {
        var bench = new StatisticsBench(smallest ? 40 : 20_000);
        Console.WriteLine("| what | figure | bound | cases | met? |\n|---|---|---|---|---|");
        bench.FalseVerdicts();
        bench.Recommendation();
        bench.Plans();
        bench.Coverage();
        new UnlikeSidesBench(smallest ? 40 : 20_000, bench.Row).Run();
        bench.Divergence();
        bench.Resampling();
        bench.Power();
        new AdviceBench(smallest ? 40 : 20_000, bench.Row).Run();
        new VarianceBench(smallest ? 20 : 20_000, bench.Row).Run();
        new ConfirmationBench(smallest ? 20 : 20_000, bench.Row).Run();
        new FavouriteBench(smallest ? 1 : 300, smallest ? 8 : 30, bench.Row).Run(others: true);
        // Too few trials to promise anything.
        new FavouriteBench(
            smallest ? 1 : 100, smallest ? 8 : 15, (what, figure, _, _, of) => bench.Row($"{what}, 15 trials", figure, null, null, of))
            .Run();
        Console.WriteLine(bench._isWithin ? "\nAll bounds hold." : "\nA bound does not hold.");
        return bench._isWithin || smallest ? 0 : 1;
    }

    /// <summary>Writes a row.</summary>
    public void Row(string what, double figure, double? least, double? most, int of)
    {
        var isMet = !(figure < least) && !(figure > most);
        _isWithin &= isMet || least is null && most is null;
        var bound = (least, most) switch
        {
            ({ } low, { } high) => $"{Percent(low)} to {Percent(high)}",
            ({ } low, null) => $"≥ {Percent(low)}",
            (null, { } high) => $"≤ {Percent(high)}",
            _ => "none",
        };
        Console.WriteLine($"| {what} | {Percent(figure)} | {bound} | {of:N0} | {(bound == "none" ? "" : isMet ? "yes" : "**no**")} |");
    }

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private double Share(Func<bool> holds) => Enumerable.Range(0, cases).Count(_ => holds()) / (double)cases;

    private static Comparison Compare(double[] candidate, double[] baseline, bool isPaired, LocationStatistic statistic = default) =>
        Comparison.Between(
            [.. candidate.Select((value, i) => new SeedValue(i, value))],
            [.. baseline.Select((value, i) => new SeedValue(isPaired ? i : i + 1000, value))],
            MetricGoal.Maximize, TestsOnly with { Statistic = statistic });

    private void FalseVerdicts()
    {
        foreach (var isPaired in new[] { true, false })
        {
            foreach (var n in new[] { 5, 10, 20 })
            {
                var random = new SimulatedRuns(n);
                var rate = Share(() => Compare(random.Normals(n), random.Normals(n), isPaired).Verdict != Verdict.NotShown);
                Row($"A/A, false verdicts: {n} {(isPaired ? "pairs" : "against as many")}", rate, null, Alpha + 0.005, cases);
            }
        }
    }

    private void Recommendation()
    {
        foreach (var (isPaired, isDiverging) in new[] { (true, false), (true, true), (false, false), (false, true) })
        {
            var random = new SimulatedRuns(31);
            var (best, followed) = (0, 0);
            for (var i = 0; i < cases; i++)
            {
                var (candidate, baseline) = (Side(), Side());
                var first = Compare(candidate, baseline, isPaired);
                var other = Compare(candidate, baseline, isPaired, LocationStatistic.Trimmed);
                var last = first.Notes.Any(note => note is ComparisonNote.FarOut) ? other : first;
                followed += last.Verdict == Verdict.NotShown ? 0 : 1;
                best += first.Verdict == Verdict.NotShown && other.Verdict == Verdict.NotShown ? 0 : 1;
            }

            var what = $"ten {(isPaired ? "pairs" : "against ten")}, {(isDiverging ? "one run in ten diverged" : "normal")}";
            Row($"A/A, following the recommended statistic: {what}", followed / (double)cases, null, Alpha + 0.005, cases);
            Row($"the better verdict of mean and trimmed mean, which the guide forbids: {what}", best / (double)cases, null, null, cases);

            double[] Side() => random.Values(10, one => isDiverging ? one.OneInTenDiverged() : one.Normal());
        }
    }

    private void Plans()
    {
        foreach (var max in new[] { 10, 20, 40, 100 })
        {
            var plan = new SpendingPlan { Max = max };
            Row($"A/A, `--until-shown --max {max}`", Planned(plan, plan.Looks(), 0).Shown, null, Alpha + 0.005, cases);
        }

        Row("A/A, 40 looks", Planned(new SpendingPlan { Max = 44 }, [.. Enumerable.Range(5, 40)], 0).Shown, null, Alpha + 0.005, cases);
        foreach (var existing in new[] { 5, 10 })
        {
            var plan = new SpendingPlan { Max = 40, Spent = 0.9 * Alpha };
            var (looks, random) = (plan.Looks(existing), new SimulatedRuns(11));
            var bounds = plan.BoundsAt(looks, isLast: true);
            var rate = Share(() =>
            {
                var values = random.Normals(40);
                return TTest.Paired(values.AsSpan(0, existing)).PValue <= Alpha
                    || looks.Zip(bounds).Any(look => TTest.Paired(values.AsSpan(0, look.First)).PValue <= look.Second.Level);
            });
            Row($"A/A, compared at {existing} pairs, then the advised plan up to 40", rate, null, Alpha + 0.005, cases);
        }

        var forty = new SpendingPlan { Max = 40 };
        var effect = forty.PlannedEffect();
        var planned = Planned(forty, forty.Looks(), effect);
        var pairs = FixedPairs(effect, planned.Shown);
        Row("runs of `--until-shown --max 40` over those of a fixed number of equal power", planned.Pairs / pairs, null, 0.75, cases);
        Row("the same without an effect", Planned(forty, forty.Looks(), 0).Pairs / pairs, null, 0.8, cases);
    }

    private (double Shown, double Pairs) Planned(SpendingPlan plan, IReadOnlyList<int> looks, double effect)
    {
        var (bounds, random, shown, pairs) = (plan.BoundsAt(looks, isLast: true), new SimulatedRuns(5), 0, 0L);
        for (var i = 0; i < cases; i++)
        {
            var values = random.Values(looks[^1], one => effect + one.Normal());
            for (var k = 0; k < looks.Count; k++)
            {
                var p = TTest.Paired(values.AsSpan(0, looks[k])).PValue;
                if (p > bounds[k].Level && p <= bounds[k].Futile && k < looks.Count - 1) continue;
                shown += p <= bounds[k].Level ? 1 : 0;
                pairs += looks[k];
                break;
            }
        }

        return (shown / (double)cases, pairs / (double)cases);
    }

    private static double FixedPairs(double effect, double power)
    {
        var (low, high) = (2.0, 1000.0);
        for (var i = 0; i < 60; i++)
        {
            var n = (low + high) / 2;
            if (Tenfold.Numerics.Statistics.Power.Of(effect * Math.Sqrt(n), n - 1, Alpha) < power) low = n;
            else high = n;
        }

        return low;
    }

    private void Coverage()
    {
        foreach (var (name, next, mean) in SimulatedRuns.Kinds)
        {
            var isNormal = mean == 0;
            foreach (var n in new[] { 10, 20 })
            {
                var random = new SimulatedRuns(41 + n);
                Interval[] intervals =
                    [.. Enumerable.Range(0, cases).Select(_ => Summary.Of(random.Values(n, next)).Interval).OfType<Interval>()];
                Row($"a group's interval covers: {name}, n = {n}", intervals.Count(one => one.Contains(mean)) / (double)intervals.Length,
                    isNormal ? 0.94 : 0.93, isNormal ? 0.965 : null, intervals.Length);
            }

            foreach (var isPaired in new[] { true, false })
            {
                var random = new SimulatedRuns(42);
                // Values may all be equal near a bound; such cases have no interval.
                var (covered, of) = (0, 0);
                for (var i = 0; i < cases; i++)
                {
                    if (Compare(random.Values(10, next), random.Values(10, next), isPaired).Interval is not { } interval) continue;
                    of++;
                    covered += interval.Contains(0) ? 1 : 0;
                }

                Row($"a difference's interval covers: {name}, ten {(isPaired ? "pairs" : "against ten")}",
                    covered / (double)Math.Max(1, of), isNormal ? 0.94 : 0.93, isNormal ? 0.965 : null, of);
            }
        }
    }

    private void Divergence()
    {
        // The trimmed mean of endlessly many runs.
        double[] all = [.. new SimulatedRuns(50).Values(400_000, one => one.OneInTenDiverged()).Order()];
        var truth = all[80_000..320_000].Average();
        foreach (var n in new[] { 5, 10, 20 })
        {
            var random = new SimulatedRuns(51 + n);
            var group = Share(() => CentralValue.Of(random.Values(n, one => one.OneInTenDiverged()), LocationStatistic.Trimmed)
                .Interval!.Contains(truth));
            Row($"a group's trimmed mean's interval covers: one run in ten diverged, n = {n}", group, 0.93, null, cases);
            foreach (var isPaired in new[] { true, false })
            {
                var rate = Share(() => Compare(
                    random.Values(n, one => one.OneInTenDiverged()), random.Values(n, one => one.OneInTenDiverged()), isPaired,
                    LocationStatistic.Trimmed).Interval!.Contains(0));
                Row($"a difference of trimmed means' interval covers: one run in ten diverged, {n} {(isPaired ? "pairs" : "a side")}",
                    rate, 0.93, null, cases);
            }
        }
    }

    private void Resampling()
    {
        foreach (var n in new[] { 5, 10, 30 })
        {
            var random = new SimulatedRuns(61);
            var (declared, undeclared) = (0, 0);
            for (var i = 0; i < cases / 4; i++)
            {
                var data = random.Normals(200);
                var values = random.Values(
                    n, one => Enumerable.Range(0, 40).Average(drawn => Draw(one, data, drawn)) + 0.03 * one.Normal());
                declared += TTest.Paired(values, 0.2 / 0.8).PValue <= Alpha ? 1 : 0;
                undeclared += TTest.Paired(values).PValue <= Alpha ? 1 : 0;
            }

            Row($"resampled splits, declared: {n} pairs", declared / (cases / 4.0), null, 0.06, cases / 4);
            Row($"resampled splits, not declared: {n} pairs", undeclared / (cases / 4.0), null, null, cases / 4);
        }

        static double Draw(SimulatedRuns random, double[] data, int drawn)
        {
            var other = drawn + (int)(random.Uniform() * (data.Length - drawn));
            (data[drawn], data[other]) = (data[other], data[drawn]);
            return data[drawn];
        }
    }

    private void Power()
    {
        foreach (var n in new[] { 3, 5, 10, 20 })
        {
            var (random, errors) = (new SimulatedRuns(71 + n), Tenfold.Numerics.Statistics.Power.DetectableErrors(0.8, n - 1, Alpha));
            var rate = Share(() =>
            {
                var reported = errors * TTest.Paired(random.Normals(n)).StandardError;
                return TTest.Paired(random.Values(n, one => reported + one.Normal())).PValue <= Alpha;
            });
            Row($"power at the reported smallest detectable: {n} pairs", rate, 0.78, 0.82, cases);
        }
    }
}
