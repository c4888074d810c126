namespace Tenfold.Numerics.Statistics;

/// <summary>Tests a difference of means against a margin; see <see cref="MarginResult"/>. All values are scaled alike.</summary>
/// <param name="test">The test of the difference.</param>
/// <param name="pairs">The number of pairs, for pairs that all have one difference.</param>
/// <param name="goal">Which way is better.</param>
internal sealed class MarginTest(DifferenceTest test, int pairs, MetricGoal goal)
{
    /// <summary>Judges the difference.</summary>
    /// <param name="margin">The margin, scaled.</param>
    /// <param name="unscaled">The margin in the metric's unit.</param>
    /// <param name="level">The one-sided level.</param>
    /// <param name="power">The power that <see cref="MarginResult.MoreRepeats"/> plans for; null for no plan.</param>
    /// <param name="limit">The most repeats that are planned for.</param>
    public MarginResult Judge(double margin, double unscaled, double level, double? power, int limit)
    {
        var isHigher = goal == MetricGoal.Maximize;
        var (noWorse, worseByMore) = isHigher ? (Above(-margin), Below(-margin)) : (Below(margin), Above(margin));
        var (noBetter, betterByMore) = isHigher ? (Below(margin), Above(margin)) : (Above(-margin), Below(-margin));
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
                : test is { HasSpread: true, Projection: { } projection } && power is { } planned
                    ? projection.MoreRepeatsFor(margin, planned, 2 * level, limit) : null,
        };
    }

    private double Above(double bound) => test.HasSpread ? test.PValueAbove(bound) : Certain(test.Difference - bound);

    private double Below(double bound) => test.HasSpread ? test.PValueBelow(bound) : Certain(bound - test.Difference);

    // All pairs have one difference: the sign test.
    private double Certain(double distance) => distance > Magnitude.RoundingError ? Math.ScaleB(1, -pairs) : 1;
}
