using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics;

/// <summary>Tests a difference of means against a margin; see <see cref="MarginResult"/>. All values are scaled alike.</summary>
/// <param name="test">The t test of the difference.</param>
/// <param name="pairs">The number of pairs, for pairs that all have one difference.</param>
/// <param name="goal">Which way is better.</param>
internal sealed class MarginTest(TTest test, int pairs, MetricGoal goal)
{
    private double Improvement => goal == MetricGoal.Maximize ? test.Difference : -test.Difference;

    /// <summary>Judges the difference.</summary>
    /// <param name="margin">The margin, scaled.</param>
    /// <param name="unscaled">The margin in the metric's unit.</param>
    /// <param name="level">The one-sided level.</param>
    /// <param name="power">The power that <see cref="MarginResult.MoreRepeats"/> plans for; null for no plan.</param>
    /// <param name="limit">The most repeats that are planned for.</param>
    public MarginResult Judge(double margin, double unscaled, double level, double? power, int limit)
    {
        var (noWorse, worseByMore) = (PValue(Improvement + margin), PValue(-Improvement - margin));
        var (noBetter, betterByMore) = (PValue(margin - Improvement), PValue(Improvement - margin));
        var conclusion = (noWorse <= level, noBetter <= level) switch
        {
            _ when betterByMore <= level => MarginConclusion.BetterByMore,
            _ when worseByMore <= level => MarginConclusion.WorseByMore,
            (true, true) => MarginConclusion.Same,
            (true, false) => MarginConclusion.NoWorse,
            _ => MarginConclusion.NotShown,
        };
        return new()
        {
            Margin = unscaled,
            Level = level,
            Conclusion = conclusion,
            NoWorsePValue = noWorse,
            NoBetterPValue = noBetter,
            BetterByMorePValue = betterByMore,
            WorseByMorePValue = worseByMore,
            // The test at twice the level, two-sided, is the one-sided test: its other side never matters at a power that is planned for.
            MoreRepeats = noWorse <= level ? 0
                : test.HasSpread && power is { } planned ? test.MoreRepeatsFor(margin, planned, 2 * level, limit) : null,
        };
    }

    // One-sided: a large distance on the wanted side gives a small p-value.
    private double PValue(double distance)
    {
        if (test.HasSpread) return StudentT.CDF(0, 1, test.DegreesOfFreedom, -distance / test.StandardError);
        return distance > Magnitude.RoundingError ? Math.ScaleB(1, -pairs) : 1;
    }
}
