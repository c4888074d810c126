using MathNet.Numerics.Distributions;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Planned;

namespace Tenfold.Numerics.Tests.Statistics;

/// <summary>Simulates comparisons whose repeats grow. The simulations have fixed seeds; bench/statistics has larger ones.</summary>
public sealed class A_plan_keeps_its_promise
{
    private const int Times = 6_000;

    // Three standard errors of a simulated rate near 5 %.
    private const double Error = 0.0085;

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(100)]
    public void All_looks_together_keep_alpha_even_if_futility_is_ignored(int max)
    {
        var plan = new SpendingPlan { Max = max };
        Simulate(plan, plan.Looks(), 0, obeysFutility: false).Shown.ShouldBeLessThanOrEqualTo(0.055 + Error);
        Simulate(plan, plan.Looks(), 0).Shown.ShouldBeLessThanOrEqualTo(0.055 + Error);
    }

    [Fact]
    public void Forty_looks_keep_alpha()
    {
        var plan = new SpendingPlan { Max = 44 };
        int[] looks = [.. Enumerable.Range(5, 40)];
        Simulate(plan, looks, 0, obeysFutility: false).Shown.ShouldBeLessThanOrEqualTo(0.055 + Error);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void A_plan_after_a_comparison_without_one_keeps_alpha_together_with_it(int existing)
    {
        var plan = new SpendingPlan { Max = 40, Spent = 0.045 };
        var looks = plan.Looks(existing);
        var bounds = plan.BoundsAt(looks, isLast: true);
        var random = new NormalSource(11);
        Simulation.Share(Times, () =>
        {
            var values = random.Values(plan.Max, 0, 1);
            return TTest.Paired(values.AsSpan(0, existing)).PValue <= 0.05
                || looks.Zip(bounds).Any(look => TTest.Paired(values.AsSpan(0, look.First)).PValue <= look.Second.Level);
        }).ShouldBeLessThanOrEqualTo(0.055 + Error);
    }

    // The candidate is worse by exactly the margin, where "no worse" is false.
    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(40)]
    public void All_looks_together_keep_alpha_for_a_margin_even_if_futility_is_ignored(int max)
    {
        var plan = new SpendingPlan { Max = max };
        var (looks, bounds) = (plan.Looks(), plan.BoundsAt(plan.Looks(), isLast: true));
        var random = new NormalSource(13);
        Simulation.Share(Times, () =>
        {
            var values = random.Values(max, -1, 1);
            return looks.Zip(bounds).Any(look => MarginAt(values, look.First, 1, look.Second.Level).IsNoWorse);
        }).ShouldBeLessThanOrEqualTo(0.055 + Error);
    }

    [Fact]
    public void A_margin_as_large_as_the_planned_effect_is_decided_in_80_percent_where_a_test_of_the_difference_would_stop()
    {
        var plan = new SpendingPlan { Max = 40 };
        var (looks, bounds, margin) = (plan.Looks(), plan.BoundsAt(plan.Looks(), isLast: true), plan.PlannedEffect());
        var random = new NormalSource(14);
        var stoppedForTheDifference = 0;
        Simulation.Share(Times, () =>
        {
            var values = random.Values(plan.Max, 0, 1);
            var wouldStop = false;
            foreach (var (n, bound) in looks.Zip(bounds))
            {
                var judged = MarginAt(values, n, margin, bound.Level);
                wouldStop |= TTest.Paired(values.AsSpan(0, n)).PValue > bound.Futile;
                if (judged.IsNoWorse)
                {
                    stoppedForTheDifference += wouldStop ? 1 : 0;
                    return true;
                }

                if (judged.Conclusion != MarginConclusion.NotShown || judged.EdgePValue > bound.Futile) return false;
            }

            return false;
        }).ShouldBeInRange(0.80, 0.90);
        stoppedForTheDifference.ShouldBeGreaterThan(Times / 10);
    }

    // The observed difference of the first pairs is the true one; the deviation that they show is one of twelve that are equally likely.
    [Theory]
    [InlineData(5, 0.7)]
    [InlineData(10, 0.5)]
    public void The_advised_plan_shows_the_difference_in_80_percent_or_more(int existing, double difference)
    {
        var random = new NormalSource(15);
        Enumerable.Range(0, 12).Average(i =>
        {
            var spread = Math.Sqrt(ChiSquared.InvCDF(existing - 1, (i + 0.5) / 12) / (existing - 1));
            var plan = new SpendingPlan { Max = 1000, Spent = 0.045 };
            var max = SpendingPlan.FindMax(difference / spread, existing - 1, existing, plan, 1000).ShouldNotBeNull();
            plan = new SpendingPlan { Max = max, Spent = 0.045 };
            var looks = plan.Looks(existing);
            var bounds = plan.BoundsAt(looks, isLast: true);
            return Simulation.Share(500, () =>
            {
                var values = random.Values(max, difference, 1);
                var (mean, deviation) = (values[..existing].Average(), Math.Sqrt(Moments.Of(values.AsSpan(0, existing)).Variance));
                for (var k = 0; k < existing; k++) values[k] = (values[k] - mean) / deviation * spread + difference;
                foreach (var (n, bound) in looks.Zip(bounds))
                {
                    var p = TTest.Paired(values.AsSpan(0, n)).PValue;
                    if (p <= bound.Level) return true;
                    if (p > bound.Futile) return false;
                }

                return false;
            });
        }).ShouldBeInRange(0.78, 0.90);
    }

    [Fact]
    public void It_needs_fewer_runs_than_a_fixed_number_of_the_same_power()
    {
        var plan = new SpendingPlan { Max = 40 };
        var effect = plan.PlannedEffect();
        var planned = Simulate(plan, plan.Looks(), effect);
        planned.Shown.ShouldBeInRange(0.77, 0.82);
        var fixedPairs = FixedPairs(effect, planned.Shown);
        (planned.Pairs / fixedPairs).ShouldBeLessThan(0.76);
        (Simulate(plan, plan.Looks(), 0).Pairs / fixedPairs).ShouldBeLessThan(0.8);
    }

    [Fact]
    public void Unpaired_groups_keep_alpha_too()
    {
        var plan = new SpendingPlan { Max = 20 };
        var looks = plan.Looks();
        var bounds = plan.BoundsAt(looks, isLast: true);
        var random = new NormalSource(12);
        Simulation.Share(3_000, () =>
        {
            var (one, other) = (random.Values(plan.Max, 0, 1), random.Values(plan.Max, 0, 2));
            return looks.Zip(bounds)
                .Any(look => TTest.Welch(one.AsSpan(0, look.First), other.AsSpan(0, look.First)).PValue <= look.Second.Level);
        }).ShouldBeLessThanOrEqualTo(0.055 + 0.012);
    }

    [Fact]
    public void The_path_loses_what_is_spent()
    {
        var path = new BrownianPath(0);
        for (var k = 1; k <= 5; k++)
        {
            var (low, high) = (0.0, 8.0);
            for (var i = 0; i < 60; i++)
            {
                var z = (low + high) / 2;
                if (path.Beyond(z, k / 5.0) > 0.01) low = z;
                else high = z;
            }

            if (k == 1) low.ShouldBe(2.575829, 1e-5, "the normal quantile");
            low.ShouldBeInRange(2.2, 2.6);
            path.Continue(k / 5.0, 0, low);
            path.Left.ShouldBe(1 - 0.01 * k, 1e-6);
        }
    }

    [Fact]
    public void Looks_begin_with_what_exists_and_end_at_the_maximum()
    {
        new SpendingPlan { Max = 40 }.Looks().ShouldBe([5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 40]);
        new SpendingPlan { Max = 40 }.Looks(38).ShouldBe([38, 40]);
        new SpendingPlan { Max = 6 }.Looks().ShouldBe([5, 6]);
        new SpendingPlan { Max = 5 }.BoundsAt([5], isLast: true)[0].Level.ShouldBe(0.05 * (1 - 1.6 / 5), 1e-6);
    }

    [Fact]
    public void A_look_that_comes_again_spends_nothing_more()
    {
        var plan = new SpendingPlan { Max = 40 };
        plan.BoundsAt([10, 20], isLast: false)[0].ShouldBe(plan.BoundsAt([10], isLast: false)[0]);
        plan.BoundsAt([10, 20], isLast: false)[1].Level.ShouldBeGreaterThan(plan.BoundsAt([10, 19, 20], isLast: false)[2].Level);
    }

    private static MarginResult MarginAt(double[] values, int n, double margin, double level) =>
        new MarginTest(TTest.Paired(values.AsSpan(0, n)), n, MetricGoal.Maximize).Judge(margin, margin, level, null, 0);

    private static double FixedPairs(double effect, double power)
    {
        var (low, high) = (2.0, 1000.0);
        for (var i = 0; i < 60; i++)
        {
            var n = (low + high) / 2;
            if (Power.Of(effect * Math.Sqrt(n), n - 1, 0.05) < power) low = n;
            else high = n;
        }

        return low;
    }

    private static (double Shown, double Pairs) Simulate(
        SpendingPlan plan, IReadOnlyList<int> looks, double effect, bool obeysFutility = true)
    {
        var bounds = plan.BoundsAt(looks, isLast: true);
        var random = new NormalSource(5);
        var (shown, pairs) = (0, 0L);
        for (var i = 0; i < Times; i++)
        {
            var values = random.Values(looks[^1], effect, 1);
            for (var k = 0; k < looks.Count; k++)
            {
                var p = TTest.Paired(values.AsSpan(0, looks[k])).PValue;
                var isShown = p <= bounds[k].Level;
                shown += isShown ? 1 : 0;
                if (!isShown && !(obeysFutility && p > bounds[k].Futile) && k < looks.Count - 1) continue;
                pairs += looks[k];
                break;
            }
        }

        return (shown / (double)Times, pairs / (double)Times);
    }
}
