namespace Tenfold.Numerics.Statistics;

/// <summary>
/// Chooses the best of several finalists by fresh runs. First, a finalist drops out when at least two more of its runs were bad than of the
/// finalist with the fewest: bad runs failed, or diverged (<see cref="FarOut.FindDiverged"/>). Then the best mean wins, where a failed run
/// counts as the worst value of any remaining finalist.
/// </summary>
/// <remarks>
/// <para>A confirmation that keeps the favourite until another is shown to be better picks the best of three less often, and keeps
/// favourites that crash. The best mean is the choice with the smallest expected loss when nothing else is known: R. E. Bechhofer,
/// "A single-sample multiple decision procedure for ranking means", Ann. Math. Stat. 25 (1954), 16–39.</para>
/// <para>The chosen finalist's mean is too good on average, because it was chosen for it. Measure the finalist with further runs, or use
/// <see cref="Summarise"/>.</para>
/// </remarks>
public static class FinalistChoice
{
    // One bad run may be an accident of the machine. A finalist that fails in 30 % of its runs has at least two of ten in 85 % of cases.
    private const int MostMoreBadRuns = 1;

    /// <summary>The position of the best finalist; null when no finalist has a value. Of equal ones, the first.</summary>
    /// <param name="finalists">The fresh runs of each finalist; a run without a value failed.</param>
    /// <param name="goal">Which way is better.</param>
    public static int? Best(IReadOnlyList<IReadOnlyList<SeedValue>> finalists, MetricGoal goal)
    {
        ArgumentNullException.ThrowIfNull(finalists);
        var sign = goal == MetricGoal.Maximize ? 1 : -1;
        int[] measured = [.. Enumerable.Range(0, finalists.Count).Where(i => finalists[i].Any(run => run.HasValue))];
        if (measured.Length == 0) return null;
        var bad = measured.ToDictionary(i => i, i => CountBad(finalists[i], goal));
        int[] left = [.. measured.Where(i => bad[i] <= bad.Values.Min() + MostMoreBadRuns)];
        var worst = left.SelectMany(i => Values(finalists[i])).Min(value => sign * value);
        return left.MaxBy(i => finalists[i].Average(run => run.HasValue ? sign * run.Value!.Value : worst));
    }

    /// <summary>How many runs of a finalist failed or diverged.</summary>
    /// <param name="runs">The finalist's fresh runs.</param>
    /// <param name="goal">Which way is better.</param>
    public static int CountBad(IReadOnlyList<SeedValue> runs, MetricGoal goal)
    {
        double[] values = [.. Values(runs)];
        return runs.Count - values.Length + FarOut.FindDiverged(values, goal).Count(isFar => isFar);
    }

    /// <summary>
    /// Summarises a finalist's fresh values with an interval that is right with at least this confidence for whichever finalist is chosen
    /// (Bonferroni). It is wider than an interval from further runs.
    /// </summary>
    /// <param name="values">The finalist's values; at least one, all finite.</param>
    /// <param name="confidence">The confidence after the choice, above 0 and below 1.</param>
    /// <param name="finalists">The number of finalists; at least 1.</param>
    public static Summary Summarise(IReadOnlyList<double> values, double confidence, int finalists)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(finalists, 1);
        return Summary.Of(values, confidence) with { Interval = Summary.Of(values, 1 - (1 - confidence) / finalists).Interval };
    }

    private static IEnumerable<double> Values(IReadOnlyList<SeedValue> runs) =>
        runs.Where(run => run.HasValue).Select(run => run.Value!.Value);
}
