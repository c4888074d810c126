using System.Globalization;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Drift;
using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Bench.Experiments;

/// <summary>
/// Simulates experiments and rollouts with a known truth, and prints Markdown tables: how often a watched test is wrong, and how much
/// traffic it needs to be right. Equal sizes give equal tables.
/// </summary>
internal static class ExperimentsBench
{
    private const long Seed = 20261128;

    /// <summary>Runs all simulations.</summary>
    /// <param name="smallest">Only checks that every section works; the figures mean nothing.</param>
    /// <returns>0 when all bounds hold, or with <paramref name="smallest"/>; else 1.</returns>
    public static int Run(bool smallest)
    {
        var (repetitions, isWithin) = (smallest ? 4 : 400, true);
        Console.WriteLine("## A/A: verdicts without a difference, α = 5 %, watched after every key\n");
        Console.WriteLine("| outcome | candidate's share | keys | verdicts | textbook formula from 20 keys an arm |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (name, value, share, units) in NullCases(smallest))
        {
            var experiment = new SimulatedExperiment { Share = share, Value = value, Units = units };
            var (false1, textbook) = (experiment.ShareWithVerdict(repetitions, Seed), experiment.TextbookVerdicts(repetitions, Seed));
            isWithin &= false1 <= 0.05;
            Row(name, Percent(share), units, Percent(false1), Percent(textbook));
        }

        var changing = new SimulatedExperiment
        {
            Share = 0.01,
            LaterShare = 0.5,
            ChangeAt = smallest ? 200 : 5000,
            Units = smallest ? 400 : 10_000,
            Value = (random, unit, _) => random.NextDouble() < (unit < 5000 ? 0.1 : 0.3) ? 1 : 0,
        }.ShareWithVerdict(repetitions, Seed);
        isWithin &= changing <= 0.05;
        Row("10 %, later 30 %", "1 %, later 50 %", 10_000, Percent(changing), "");
        Power(smallest);
        isWithin &= SampleRatio(smallest);
        isWithin &= Rollbacks(smallest);
        isWithin &= Drift(smallest);
        Console.WriteLine(isWithin ? "\nAll bounds hold." : "\nA BOUND DOES NOT HOLD.");
        return isWithin || smallest ? 0 : 1;
    }

    private static IEnumerable<(string Name, Func<SplitMix64, int, bool, double> Value, double Share, int Units)> NullCases(bool smallest)
    {
        var rates = new[] { 0.5, 0.1, 0.01, 0.001 };
        foreach (var share in new[] { 0.5, 0.1, 0.01 })
        {
            foreach (var rate in rates)
                yield return ($"event, {Percent(rate)}", SimulatedExperiment.Events(rate, rate), share, smallest ? 300 : 10_000);
            yield return ("skewed amount", SimulatedExperiment.Skewed, share, smallest ? 300 : 10_000);
        }
    }

    private static void Power(bool smallest)
    {
        Console.WriteLine("\n## How many keys a real difference needs (both arms, median and 9 in 10)\n");
        Console.WriteLine("| rate of the baseline | of the candidate | candidate's share | median | 9 in 10 |\n|---|---|---|---|---|");
        foreach (var share in new[] { 0.5, 0.1 })
        {
            foreach (var (before, after) in new[] { (0.1, 0.2), (0.1, 0.13), (0.1, 0.11), (0.5, 0.55), (0.01, 0.02) })
            {
                var experiment = new SimulatedExperiment
                {
                    Share = share,
                    Value = SimulatedExperiment.Events(before, after),
                    Units = smallest ? 500 : 300_000,
                    LookEvery = 50,
                };
                int?[] found = [.. Repeat(smallest ? 4 : 100, experiment.FirstVerdict).Order(NullsLast)];
                Row(Percent(before), Percent(after), Percent(share), Count(found, 0.5), Count(found, 0.9));
            }
        }
    }

    private static bool SampleRatio(bool smallest)
    {
        Console.WriteLine("\n## Sample ratio, α = 0.1 %, watched after every key\n");
        Console.WriteLine("| intended share | true share | keys | mismatches | keys needed (median) |\n|---|---|---|---|---|");
        var isWithin = true;
        (double Intended, double True)[] cases =
            [(0.5, 0.5), (0.1, 0.1), (0.01, 0.01), (0.5, 0.52), (0.5, 0.45), (0.1, 0.12), (0.1, 0.05)];
        foreach (var (intended, truth) in cases)
        {
            var keys = smallest ? 200 : 20_000;
            int?[] found = [.. Repeat(smallest ? 4 : 500, seed => FirstMismatch(seed, intended, truth, keys)).Order(NullsLast)];
            var share = found.Count(one => one is not null) / (double)found.Length;
            if (intended == truth) isWithin &= share <= 0.004; // 500 repetitions can't tell 0.1 % from 0.4 %
            Row(Percent(intended), Percent(truth), keys, Percent(share), intended == truth ? "" : Count(found, 0.5));
        }

        return isWithin;
    }

    private static int? FirstMismatch(long seed, double intended, double truth, int keys)
    {
        var random = new SplitMix64(seed);
        var test = new SampleRatioTest([1 - intended, intended]);
        for (var key = 1; key <= keys; key++)
        {
            test = random.NextDouble() < truth ? test.Add(0, 1) : test.Add(1, 0);
            if (test.IsMismatch) return key;
        }

        return null;
    }

    private static bool Rollbacks(bool smallest)
    {
        var requests = smallest ? 2000 : 200_000;
        Console.WriteLine("\n## Rollbacks of a healthy version over 200,000 requests: two tests, α = 1 % in all\n");
        Console.WriteLine("| rates of 5xx and slow requests | candidate's share | rollbacks |\n|---|---|---|");
        var isWithin = true;
        (string Name, Func<int, double> Share)[] shares =
        [
            ("1 %", _ => 0.01), ("10 %", _ => 0.1), ("50 %", _ => 0.5),
            ("1 %, 10 %, 50 %", request => request < requests / 10 ? 0.01 : request < requests / 2 ? 0.1 : 0.5),
        ];
        (string Name, Func<int, double> Errors, Func<int, double> Slow)[] rates =
        [
            ("0.1 % and 1 %", _ => 0.001, _ => 0.01), ("2 % and 5 %", _ => 0.02, _ => 0.05),
            ("drifting from 0.1 % to 10 %",
                request => request % 20_000 < 2000 ? 0.1 : 0.001, request => request % 7000 < 700 ? 0.1 : 0.005),
        ];
        foreach (var (name, errors, slow) in rates)
        {
            foreach (var (shareName, share) in shares)
            {
                IReadOnlyList<int?> Alarms(Func<int, double> rate, long seed) =>
                    new SimulatedRollout { Share = share, Rate = rate, Requests = requests }.Alarms(smallest ? 4 : 2500, seed);
                var both = Alarms(errors, Seed).Zip(Alarms(slow, Seed + 1), (a, b) => a ?? b).ToArray();
                var rolledBack = both.Count(one => one is not null) / (double)both.Length;
                isWithin &= rolledBack <= 0.01;
                Row(name, shareName, Percent(rolledBack));
            }
        }

        Console.WriteLine("\n## How many requests of the candidate a real fault needs (median and 9 in 10)\n");
        Console.WriteLine("| rate of the baseline | of the candidate | candidate's share | median | 9 in 10 |\n|---|---|---|---|---|");
        foreach (var share in new[] { 0.1, 0.5 })
        {
            foreach (var (rate, ratio) in new[] { (0.001, 1000), (0.001, 50), (0.001, 10), (0.005, 5), (0.01, 2), (0.05, 2) })
            {
                var rollout = new SimulatedRollout
                {
                    Share = _ => share,
                    Rate = _ => rate,
                    Ratio = ratio,
                    Requests = smallest ? 2000 : 500_000,
                };
                int?[] found = [.. rollout.Alarms(smallest ? 4 : 300, Seed).Order(NullsLast)];
                Row(Percent(rate), Percent(Math.Min(1, rate * ratio)), Percent(share), Count(found, 0.5), Count(found, 0.9));
            }
        }

        return isWithin;
    }

    private static bool Drift(bool smallest)
    {
        Console.WriteLine("\n## Drift: ten features, α = 1 %; the reference has 2,000 requests\n");
        Console.WriteLine("| requests in the window | no change | one feature shifts by 0.2 | by 0.5 | PSI > 0.1 without a change |");
        Console.WriteLine("|---|---|---|---|---|");
        var isWithin = true;
        foreach (var n in new[] { 50, 100, 300, 1000, 3000 })
        {
            double Found(double shift) =>
                Repeat(smallest ? 4 : 1000, seed => DriftOf(seed, n, shift)).Average(one => one.IsFound ? 1.0 : 0);
            var unchanged = Repeat(smallest ? 4 : 1000, seed => DriftOf(seed, n, 0)).ToList();
            var none = unchanged.Average(one => one.IsFound ? 1.0 : 0);
            isWithin &= none <= 0.018; // 1,000 repetitions
            var habit = unchanged.Average(one => one.Index > 0.1 ? 1.0 : 0);
            Row(n, Percent(none), Percent(Found(0.2)), Percent(Found(0.5)), Percent(habit));
        }

        return isWithin;
    }

    private static (bool IsFound, double Index) DriftOf(long seed, int window, double shift)
    {
        var random = new SplitMix64(seed);
        FeatureSample Sample(int n, double mean) =>
            new([.. Enumerable.Range(0, n).Select(_ => mean + SimulatedExperiment.Normal(random))], []);
        var report = DriftReport.Of(
            [.. Enumerable.Range(0, 10).Select(i => new FeaturePair($"{i}", Sample(2000, 0), Sample(window, i == 0 ? shift : 0)))]);
        var isFound = shift == 0 ? report.Features.Any(one => one.Verdict != DriftVerdict.NotShown)
            : report.Features[0].Verdict != DriftVerdict.NotShown;
        return (isFound, report.Features[1].Stability!.Index);
    }

    private static ParallelQuery<T> Repeat<T>(int times, Func<long, T> run) =>
        Enumerable.Range(1, times).AsParallel().AsOrdered().Select(i => run(SeedSequence.Derive(Seed, i)));

    private static Comparer<int?> NullsLast { get; } = Comparer<int?>.Create((a, b) => (a ?? int.MaxValue).CompareTo(b ?? int.MaxValue));

    private static string Count(int?[] sorted, double share) =>
        sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))] is { } found
            ? found.ToString("N0", CultureInfo.InvariantCulture) : "more";

    private static string Percent(double share) => (100 * share).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static void Row(params object[] cells) =>
        Console.WriteLine($"| {string.Join(" | ", cells.Select(cell => string.Create(CultureInfo.InvariantCulture, $"{cell:N0}")))} |");
}
