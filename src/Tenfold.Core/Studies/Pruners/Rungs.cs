using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>
/// The rungs of a study: the steps first, first·factor, first·factor², … at which trials are compared. A run's value at a rung is the value
/// of its first point at or after the rung's step. When one point passes several rungs, as with a script that prints every thousand steps,
/// only the highest of them counts.
/// </summary>
public static class Rungs
{
    /// <summary>The rungs that a trial has reached, in ascending order.</summary>
    /// <param name="ladder">Where the rungs are.</param>
    /// <param name="goal">Which way is better.</param>
    /// <param name="runs">
    /// The trial's runs. The trial has reached a rung when at least one run has, and every run
    /// that has not ended has. Runs that ended before
    /// the rung don't count.
    /// </param>
    /// <param name="above">The highest recorded rung of the trial: only rungs above it are returned. 0 for all.</param>
    public static IEnumerable<RungValue> Reached(Ladder ladder, MetricGoal goal, IReadOnlyList<RunProgress> runs, long above)
    {
        long[] steps = [.. ladder.Steps()];
        for (var rung = 0; rung < steps.Length; rung++)
        {
            var step = steps[rung];
            var reached = runs.Select(run => (run.Series, At: IndexAt(run.Series, step))).Where(run => run.At >= 0).ToList();
            if (reached.Count == 0 || runs.Any(run => !run.HasEnded && IndexAt(run.Series, step) < 0)) yield break;
            var isPassed = rung + 1 < steps.Length && reached.All(run => IndexAt(run.Series, steps[rung + 1]) == run.At);
            if (step <= above || isPassed) continue;
            var value = Finite(reached.Average(run => run.Series[run.At].Value));
            var best = double.IsNaN(value) ? value : reached.Average(run => BestOf(goal, run.Series.Take(run.At + 1)));
            yield return new RungValue(step, value, best);
        }
    }

    private static int IndexAt(IReadOnlyList<MetricPoint> series, long step)
    {
        for (var i = 0; i < series.Count; i++)
            if (series[i].Step >= step) return i;
        return -1;
    }

    private static double BestOf(MetricGoal goal, IEnumerable<MetricPoint> points) =>
        points.Select(point => Finite(point.Value)).Aggregate((best, value) => RungOrder.Compare(goal, value, best) < 0 ? value : best);

    // An infinite value is as useless as NaN.
    private static double Finite(double value) => double.IsFinite(value) ? value : double.NaN;
}
