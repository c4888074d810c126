using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Core.Studies.Pruners;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Studies.Pruners;

/// <summary>
/// Random search on 120 synthetic learning curves of 81 steps, eight at once. Each curve is an error that falls as a power of the step
/// towards a limit of its own, with noise. At each tick every worker does one step, and then the trials are judged.
/// </summary>
public sealed class Pruning_saves_steps
{
    private const int Trials = 120, Steps = 81, Workers = 8;
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Successive_halving_saves_half_of_the_steps_and_finds_nearly_as_good_a_trial(long seed)
    {
        var (steps, best) = Search(seed, new Pruning(PruningRule.Asha));
        var (all, bestOfAll) = Search(seed, null);
        all.ShouldBe(Trials * Steps);
        steps.ShouldBeLessThan(all / 2);
        best.ShouldBeLessThan(bestOfAll + 0.01);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_median_rule_saves_steps_too(long seed)
    {
        var (steps, best) = Search(seed, new Pruning(PruningRule.Median));
        steps.ShouldBeLessThan(Trials * Steps / 2);
        best.ShouldBeLessThan(Search(seed, null).Best + 0.01);
    }

    private static (int Steps, double Best) Search(long seed, Pruning? pruning)
    {
        var curves = Curves(seed);
        var judge = pruning is null ? null : new RungJudge(pruning, new Ladder(1, 3), MetricGoal.Minimize);
        var (recorded, running, next, steps, best) = (new List<RungRecord>(), new List<int>(), 0, 0, double.PositiveInfinity);
        var done = new int[Trials];
        for (var tick = 0; next < Trials || running.Count > 0; tick++)
        {
            while (running.Count < Workers && next < Trials) running.Add(next++);
            steps += running.Count;
            foreach (var trial in running) done[trial]++;
            TrialProgress[] progress = [.. running.Select(trial => Progress(trial, curves[trial], done[trial]))];
            var judgement = judge?.Judge(progress, recorded, Begin.AddMinutes(tick));
            recorded.AddRange(judgement?.Reached ?? []);
            foreach (var trial in running.Where(trial => done[trial] == Steps)) best = Math.Min(best, curves[trial][^1]);
            running.RemoveAll(trial => done[trial] == Steps || judgement?.Pruned.Any(pruned => pruned.Number == trial + 1) == true);
        }

        return (steps, best);
    }

    private static TrialProgress Progress(int trial, double[] curve, int done)
    {
        var series = curve.Take(done).Select((value, i) => new MetricPoint(i + 1, value));
        return new TrialProgress(trial + 1, [new RunProgress([.. series], HasEnded: done == Steps)]);
    }

    private static double[][] Curves(long seed)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, Trials).Select(_ =>
        {
            var limit = 0.05 + (0.5 * random.NextDouble());
            var height = 0.3 + (0.4 * random.NextDouble());
            var speed = 0.3 + (0.7 * random.NextDouble());
            return Enumerable.Range(1, Steps)
                .Select(step => limit + (height * Math.Pow(step, -speed)) + (0.01 * (random.NextDouble() - 0.5))).ToArray();
        })];
    }
}
