using MathNet.Numerics;

namespace Tenfold.Numerics.Statistics.Across;

/// <summary>Friedman's test: whether several arms differ on the same tasks, by their ranks within each task.</summary>
/// <remarks>
/// Sources: M. Friedman, "The use of ranks to avoid the assumption of normality implicit in the analysis of variance", J. Am. Stat. Assoc.
/// 32 (1937); R. L. Iman and J. M. Davenport, "Approximations of the critical region of the Friedman statistic", Communications in
/// Statistics A9 (1980), for the F statistic, because χ² is too careful; J. Demšar, "Statistical comparisons of classifiers over multiple
/// data sets", JMLR 7 (2006), section 3.2.2. Tied arms share their mean rank, and χ² is corrected for ties.
/// </remarks>
public sealed record FriedmanTest
{
    /// <summary>Each arm's mean rank over the tasks, in the order of the arms; 1 is the best.</summary>
    public required IReadOnlyList<double> MeanRanks { get; init; }

    /// <summary>Friedman's statistic, corrected for ties; 0 when all arms are equal on every task.</summary>
    public required double ChiSquared { get; init; }

    /// <summary>Iman and Davenport's F statistic; infinite when every task ranks the arms alike.</summary>
    public required double F { get; init; }

    /// <summary>The p-value of <see cref="F"/>; when every task ranks the arms alike, the exact one.</summary>
    public required double PValue { get; init; }

    /// <summary>Tests.</summary>
    /// <param name="tasks">The tasks, at least two, each with a value for every arm; at least two arms. All values are finite.</param>
    /// <param name="goal">Which way is better.</param>
    /// <exception cref="ArgumentException">There are fewer than two tasks or arms, or a task has another number of values.</exception>
    public static FriedmanTest Of(IReadOnlyList<IReadOnlyList<double>> tasks, MetricGoal goal)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var (n, arms) = (tasks.Count, tasks.Count == 0 ? 0 : tasks[0].Count);
        if (n < 2 || arms < 2 || tasks.Any(task => task.Count != arms))
            throw new ArgumentException("Two tasks are needed, each with a value for every arm, and two arms.", nameof(tasks));
        double[][] ranks = [.. tasks.Select(task => RanksOf(task, goal))];
        double[] mean = [.. Enumerable.Range(0, arms).Select(arm => ranks.Average(rank => rank[arm]))];
        var middle = (arms + 1) / 2.0;
        // Without ties, the sum of squares within each task is arms·(arms² − 1)/12.
        var within = ranks.Sum(rank => rank.Sum(one => (one - middle) * (one - middle)));
        var between = n * mean.Sum(one => (one - middle) * (one - middle));
        var most = (double)n * (arms - 1);
        var chi = within == 0 ? 0 : most * between / within;
        var isUnanimous = within > 0 && between >= within * (1 - 1e-12);
        var f = isUnanimous ? double.PositiveInfinity : within == 0 ? 0 : (n - 1) * chi / (most - chi);
        var (df, other) = (arms - 1.0, (arms - 1.0) * (n - 1));
        return new()
        {
            MeanRanks = mean,
            ChiSquared = chi,
            F = f,
            PValue = isUnanimous ? Math.Pow(ArrangementsOf(ranks[0]), 1 - n)
                : SpecialFunctions.BetaRegularized(other / 2, df / 2, other / (other + df * f)),
        };
    }

    // In how many ways the ranks can be given to the arms.
    private static double ArrangementsOf(double[] ranks) => ranks.GroupBy(rank => rank)
        .Aggregate(SpecialFunctions.Factorial(ranks.Length), (all, tied) => all / SpecialFunctions.Factorial(tied.Count()));

    private static double[] RanksOf(IReadOnlyList<double> values, MetricGoal goal) =>
    [
        .. values.Select(value => 1 + values.Count(other => goal == MetricGoal.Maximize ? other > value : other < value)
            + (values.Count(other => other == value) - 1) / 2.0),
    ];
}
