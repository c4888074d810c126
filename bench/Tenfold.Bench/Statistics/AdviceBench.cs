using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Planned;

namespace Tenfold.Bench.Statistics;

/// <summary>Simulates users who follow the advice of a comparison, and plans that decide about a margin.</summary>
/// <param name="cases">How many cases a row has.</param>
/// <param name="row">Writes a row.</param>
internal sealed class AdviceBench(int cases, Action<string, double, double?, double?, int> row)
{
    private const double Alpha = 0.05, Power = 0.8;

    /// <summary>Runs all rows.</summary>
    public void Run()
    {
        foreach (var max in new[] { 20, 40 }) Margins(max);
        // Each needs the number of repeats for another estimate of the spread, which takes some milliseconds.
        foreach (var (n, difference) in new[] { (5, 0.5), (10, 0.3), (10, 0.5), (20, 0.4) }) AddedPairs(n, difference, cases / 10);
        foreach (var (n, difference) in new[] { (5, 0.7), (10, 0.5) }) AdvisedPlan(n, difference, cases / 10);
    }

    private void Margins(int max)
    {
        var plan = new SpendingPlan { Max = max };
        var (looks, bounds) = (plan.Looks(), plan.BoundsAt(plan.Looks(), isLast: true));
        var random = new SimulatedRuns(101);
        var wrong = Count(cases, () =>
        {
            var values = random.Values(max, one => -1 + one.Normal());
            return looks.Zip(bounds).Any(look => Judge(values, look.First, 1, look.Second.Level).IsNoWorse);
        });
        row($"`--until-shown --max {max} --margin`: no worse, although worse by the margin", wrong, null, Alpha + 0.005, cases);
        var margin = plan.PlannedEffect();
        var right = Count(cases, () =>
        {
            var values = random.Normals(max);
            foreach (var (n, bound) in looks.Zip(bounds))
            {
                var judged = Judge(values, n, margin, bound.Level);
                if (judged.Conclusion != MarginConclusion.NotShown) return judged.IsNoWorse;
                if (judged.EdgePValue > bound.Futile) return false;
            }

            return false;
        });
        row($"`--until-shown --max {max} --margin`: no worse, without a difference, at the planned size", right, 0.78, null, cases);
    }

    private static MarginResult Judge(double[] values, int n, double margin, double level) =>
        new MarginTest(TTest.Paired(values.AsSpan(0, n)), n, MetricGoal.Maximize).Judge(margin, margin, level, null, 0);

    // The difference is the observed one, and the spread is only estimated.
    private void AddedPairs(int n, double difference, int times)
    {
        var random = new SimulatedRuns(103 + n);
        var shown = Count(times, () =>
        {
            var more = TTest.Paired(random.Normals(n)).MoreRepeatsFor(difference, Power, Alpha, 1_000_000)!.Value;
            return TTest.Paired(random.Values(more, one => difference + one.Normal())).PValue <= Alpha;
        });
        row($"power of whoever adds the advised pairs: after {n} that show {difference:0.0} deviations", shown, 0.78, 0.82, times);
    }

    private void AdvisedPlan(int n, double difference, int times)
    {
        var random = new SimulatedRuns(107 + n);
        var plans = new Dictionary<double, (SpendingPlan Plan, IReadOnlyList<LookBounds> Bounds)?>();
        var left = new SpendingPlan { Max = 1000, Spent = 0.9 * Alpha };
        var shown = Count(times, () =>
        {
            var first = random.Normals(n);
            var moments = Moments.Of(first);
            // The spread is rounded, so that plans can be used again.
            var spread = Math.Exp(Math.Round(Math.Log(moments.Variance) * 8) / 16);
            if (!plans.TryGetValue(spread, out var planned)) plans[spread] = planned = PlanOf(spread);
            if (planned is not var (plan, bounds)) return false;
            double[] values =
            [
                .. first.Select(value => value - moments.Mean + difference),
                .. random.Values(plan.Max - n, one => difference + one.Normal()),
            ];
            foreach (var (count, bound) in plan.Looks(n).Zip(bounds))
            {
                var p = TTest.Paired(values.AsSpan(0, count)).PValue;
                if (p <= bound.Level) return true;
                if (p > bound.Futile) return false;
            }

            return false;
        });
        row($"power of whoever follows the advised plan: after {n} that show {difference:0.0} deviations", shown, 0.78, null, times);

        (SpendingPlan Plan, IReadOnlyList<LookBounds> Bounds)? PlanOf(double spread)
        {
            if (SpendingPlan.FindMax(difference / spread, n - 1, n, left, 1000) is not { } max) return null;
            var plan = new SpendingPlan { Max = max, Spent = left.Spent };
            return (plan, plan.BoundsAt(plan.Looks(n), isLast: true));
        }
    }

    private static double Count(int times, Func<bool> holds) => Enumerable.Range(0, times).Count(_ => holds()) / (double)times;
}
