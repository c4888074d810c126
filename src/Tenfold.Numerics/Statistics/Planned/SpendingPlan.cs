using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics.Planned;

/// <summary>
/// A plan to compare two sides several times while their repeats grow up to a maximum. All looks together give a false verdict with
/// probability at most <see cref="Alpha"/>. The test stops early when a difference is shown, or when the planned one is unlikely.
/// </summary>
/// <remarks>
/// <para>At information time t, the share of the most pairs, the test may have spent α·t<sup>ρ</sup> (<see cref="Rho"/>). A verdict counts
/// at a look when the p-value of the ordinary test of all pairs so far is at most the look's level. The futility rule spends 1 − power
/// alike and isn't binding: who goes on in spite of it keeps α. The interval at a look's level is a repeated confidence interval: all of
/// them together cover the difference with probability at least 1 − α.</para>
/// <para>Sources: K. K. G. Lan and D. L. DeMets, "Discrete sequential boundaries for clinical trials", Biometrika 70 (1983), 659–663;
/// K. Kim and D. L. DeMets, Biometrika 74 (1987), 149–154, for t<sup>ρ</sup>; C. Jennison and B. W. Turnbull, "Group Sequential Methods"
/// (2000), chapters 3.8 (p-values of t tests in place of normal ones), 7 and 9 (repeated intervals).</para>
/// </remarks>
public sealed class SpendingPlan
{
    /// <summary>The exponent of the spending functions.</summary>
    public const double Rho = 1.25;

    private const double Never = 8;

    // By simulation: without it, 20 pairs at most would give 5.8 % false verdicts, and 40 pairs 5.2 %.
    private const double FewPairs = 1.6;

    // Too small a level would cost time and show nothing.
    private const double LeastLevel = 1e-9;

    private double? _drift;

    /// <summary>The most pairs, or repeats of a side; at least <see cref="Summary.Few"/>.</summary>
    public required int Max { get; init; }

    /// <summary>The probability of a false verdict over all looks.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>The probability of a verdict if the difference is the planned one.</summary>
    public double Power { get; init; } = 0.80;

    /// <summary>The part of <see cref="Alpha"/> that an earlier comparison, without a plan, has spent; 0 for none.</summary>
    public double Spent { get; init; }

    /// <summary>How many pairs each look has by this plan: the first has five, or those that exist; the last has all.</summary>
    /// <param name="existing">How many pairs exist before the plan begins.</param>
    public IReadOnlyList<int> Looks(int existing = 0)
    {
        var step = Math.Max(1, (Max + 19) / 20);
        var first = Math.Min(Max, Math.Max(existing, Summary.Few));
        List<int> looks = [first];
        while (looks[^1] < Max) looks.Add(Math.Min(Max, looks[^1] + step));
        return looks;
    }

    /// <summary>The bounds of p-values at looks with these numbers of pairs.</summary>
    /// <param name="pairs">The pairs at each look so far, ascending; at most <see cref="Max"/>.</param>
    /// <param name="isLast">True when no look follows: all that is left of α is spent.</param>
    public IReadOnlyList<LookBounds> BoundsAt(IReadOnlyList<int> pairs, bool isLast)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return Bounds([.. pairs.Select(n => n / (double)Max)], isLast, Drift()).Bounds;
    }

    /// <summary>
    /// The difference that the plan shows with probability <see cref="Power"/>, in standard deviations of a pair's difference.
    /// </summary>
    public double PlannedEffect() => Drift() / Math.Sqrt(Max);

    /// <summary>The most repeats of a side with which a plan shows a difference, although the spread is only estimated.</summary>
    /// <param name="effect">
    /// The difference, in estimated standard deviations of a pair's difference (<see cref="Comparison.DifferenceDeviation"/>); above 0.
    /// </param>
    /// <param name="degreesOfFreedom">The degrees of freedom of the estimate.</param>
    /// <param name="existing">How many repeats exist.</param>
    /// <param name="plan">The plan's levels and power; its <see cref="Max"/> doesn't count.</param>
    /// <param name="most">The most that can be planned.</param>
    /// <returns>The number; null when the most is not enough.</returns>
    /// <remarks>
    /// The power is averaged over the estimates of the spread, as in <see cref="Statistics.Power.DetectableErrors"/>. The last look is a t
    /// test, so its quantile replaces the normal one.
    /// </remarks>
    public static int? FindMax(double effect, double degreesOfFreedom, int existing, SpendingPlan plan, int most)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var least = Math.Max(existing + 1, Summary.Few);
        if (least > most) return null;
        // What is needed depends only a little on the maximum itself.
        var max = Math.Clamp(Needed(40), least, most);
        for (var i = 0; i < 2; i++) max = Math.Clamp(Needed((int)max), least, most);
        return Needed((int)max) > most ? null : (int)max;

        double Needed(int tried)
        {
            var drift = new SpendingPlan { Max = tried, Alpha = plan.Alpha, Power = plan.Power, Spent = plan.Spent }.Drift();
            var level = 2 * Normal.CDF(0, 1, Normal.InvCDF(0, 1, plan.Power) - drift);
            var quantile = StudentDistribution.TwoSidedQuantile(level, tried - 1);
            var step = Math.Min(0.13, 0.45 / Math.Sqrt(degreesOfFreedom));
            var (low, high) = (0.0, 1000.0);
            for (var i = 0; i < 40; i++)
            {
                var errors = (low + high) / 2;
                var chance = SpreadRatio.Expect(
                    degreesOfFreedom, step, 1e-10, ratio => Normal.CDF(0, 1, errors * ratio - quantile));
                if (chance < plan.Power) low = errors;
                else high = errors;
            }

            return Math.Ceiling(Math.Pow(high / effect, 2));
        }
    }

    // The drift at which the futility bound meets the other one at the last look, so that the power is as planned.
    private double Drift() => _drift ??= FindDrift();

    private double FindDrift()
    {
        double[] times = [.. Looks().Select(n => n / (double)Max)];
        var (low, high) = (0.0, 10.0);
        for (var i = 0; i < 30; i++)
        {
            var middle = (low + high) / 2;
            if (Bounds(times, isLast: true, middle).Lost > 1 - Power) low = middle;
            else high = middle;
        }

        return high;
    }

    // Lost: the probability of no verdict under the drift, if the futility rule is followed.
    private (IReadOnlyList<LookBounds> Bounds, double Lost) Bounds(double[] times, bool isLast, double drift)
    {
        // Statistics of few pairs share an estimate of the spread, so their p-values move less independently than normal ones.
        var alpha = (Alpha - Spent) * (1 - FewPairs / Max);
        var (none, planned) = (new BrownianPath(0), new BrownianPath(drift));
        var (bounds, spent, lost, beta) = (new List<LookBounds>(), 0.0, 0.0, 1 - Power);
        for (var k = 0; k < times.Length; k++)
        {
            var (time, isEnd) = (times[k], isLast && k == times.Length - 1);
            var budget = alpha * (isEnd ? 1 : Math.Pow(time, Rho)) - spent;
            var high = budget <= 1e-12 ? Never : Falling(z => none.Beyond(z, time), budget);
            spent += Math.Max(0, budget);
            var stillLost = isEnd ? double.PositiveInfinity : beta * Math.Pow(time, Rho) - lost;
            var inner = planned.Left - planned.Beyond(high, time);
            var low = isEnd || inner <= stillLost ? high : Falling(z => planned.Beyond(z, time), planned.Left - stillLost);
            lost += planned.Left - planned.Beyond(low, time);
            bounds.Add(new(Math.Max(LeastLevel, 2 * Normal.CDF(0, 1, -high)), low <= 0 ? 1 : 2 * Normal.CDF(0, 1, -low)));
            none.Continue(time, 0, high);
            planned.Continue(time, Math.Min(low, high), high);
        }

        return (bounds, lost);
    }

    // The z, from 0 to Never, at which a falling function has a value.
    private static double Falling(Func<double, double> function, double value)
    {
        var (low, high) = (0.0, Never);
        for (var i = 0; i < 45; i++)
        {
            var middle = (low + high) / 2;
            if (function(middle) > value) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }
}

/// <summary>The bounds of a look's two-sided p-value.</summary>
/// <param name="Level">A p-value of at most this shows a difference.</param>
/// <param name="Futile">A p-value above this makes the planned difference unlikely, so that going on is in vain.</param>
public sealed record LookBounds(double Level, double Futile);
