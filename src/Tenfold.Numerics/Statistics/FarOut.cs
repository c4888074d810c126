namespace Tenfold.Numerics.Statistics;

/// <summary>
/// Finds values that are far from the others of their group, as those of runs that diverged are: more than 15 robust standard deviations
/// from the median. The robust standard deviation is 1.4826 times the median distance from the median, which is the standard deviation of
/// normal values. Ten normal values have one that far once in 2,500 comparisons.
/// </summary>
/// <remarks>
/// Nothing is found among fewer than <see cref="Summary.Few"/> values, nor when more than half of them are equal. Source: F. R. Hampel,
/// "The influence curve and its role in robust estimation", J. Am. Stat. Assoc. 69 (1974), for the median distance.
/// </remarks>
public static class FarOut
{
    /// <summary>Marks the values that are far from the others, in either direction, in the order of the values.</summary>
    public static IReadOnlyList<bool> Find(IReadOnlyList<double> values) => Find(values, distance => Math.Abs(distance));

    /// <summary>Marks the values that are far from the others in the worse direction: those of runs that diverged.</summary>
    /// <param name="values">The values; all finite.</param>
    /// <param name="goal">Which way is better.</param>
    public static IReadOnlyList<bool> FindDiverged(IReadOnlyList<double> values, MetricGoal goal) =>
        Find(values, distance => goal == MetricGoal.Maximize ? -distance : distance);

    private static bool[] Find(IReadOnlyList<double> values, Func<double, double> size)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count < Summary.Few) return new bool[values.Count];
        var median = Summary.Of(values).Median;
        var limit = 15 * 1.4826 * Summary.Of([.. values.Select(value => Math.Abs(value - median))]).Median;
        return [.. values.Select(value => limit > 0 && size(value - median) > limit)];
    }
}
