using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics.Across;

/// <summary>What repeats on several data sets or tasks say together about a candidate and a baseline.</summary>
/// <remarks>
/// <para>The tasks are the sample: each counts once, with its mean difference, however many repeats it has. So the answer is about further
/// tasks of this kind, if these tasks are a fair sample of them, and differences of different tasks can be compared. The t test of the
/// tasks' differences decides: it is right in the hierarchical model δ ~ N(μ, τ²), d ~ N(δ, s²), where τ is how much the true differences
/// vary between tasks, whether or not the tasks' errors s are equal. A test that weighs tasks by their estimated errors gives up to 9 %
/// false verdicts with three repeats of ten tasks (simulated).</para>
/// <para>Sources: J. Demšar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7 (2006); A. Benavoli, G. Corani,
/// J. Demšar and M. Zaffalon, "Time for a change: a tutorial for comparing multiple classifiers through Bayesian analysis", JMLR 18 (2017),
/// section 5, for the hierarchical model; τ is found by moments.</para>
/// </remarks>
public sealed record AcrossTasks
{
    /// <summary>The comparison whose pairs are the tasks.</summary>
    public required Comparison Overall { get; init; }

    /// <summary>The two-sided p-value of Wilcoxon's signed ranks, which doesn't assume normal differences: the check beside the t test.
    /// </summary>
    public required double SignedRankPValue { get; init; }

    /// <summary>
    /// How much the true differences vary between tasks, as a standard deviation in the metric's unit; 0 when the repeats' noise explains
    /// all of it. Null: a task has no standard error.
    /// </summary>
    public required double? BetweenTasks { get; init; }

    /// <summary>
    /// The probability that the candidate's true difference on one more task of this kind is in the direction of the goal. Null: no test,
    /// or a task has no standard error.
    /// </summary>
    public required double? ChanceOnNextTask { get; init; }

    /// <summary>
    /// Each task's difference, drawn towards the mean of all the more, the noisier it is: the best estimate of its true difference. Null
    /// for a task without a standard error.
    /// </summary>
    public required IReadOnlyList<double?> Shrunken { get; init; }

    /// <summary>True when it is one of several candidates, so that Holm's correction applies.</summary>
    public bool IsFamily { get; init; }

    /// <summary>Compares.</summary>
    /// <param name="tasks">The comparison on each task; each with a difference.</param>
    /// <param name="goal">Which way is better.</param>
    /// <param name="options">The level and the margin; null for the defaults. The statistic is that within each task.</param>
    public static AcrossTasks Of(IReadOnlyList<Comparison> tasks, MetricGoal goal, ComparisonOptions? options = null) =>
        Family([tasks], goal, options)[0];

    /// <summary>Compares several candidates with one baseline on the same tasks, with Holm's correction.</summary>
    /// <param name="candidates">For each candidate, its comparison on each task; each with a difference.</param>
    /// <param name="goal">Which way is better.</param>
    /// <param name="options">The level and the margin; null for the defaults. The statistic is that within each task.</param>
    public static IReadOnlyList<AcrossTasks> Family(
        IReadOnlyList<IReadOnlyList<Comparison>> candidates, MetricGoal goal, ComparisonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        options = (options ?? new()) with { Statistic = LocationStatistic.Mean, TestFraction = null };
        // Each candidate's baseline is the same group of each task.
        double[] baselines = [.. candidates[0].Select(task => task.BaselineLocation!.Value)];
        var overall = Comparison.Family(
            [.. candidates.Select(tasks => tasks.Select((task, i) => new SeedValue(i, baselines[i] + DifferenceOf(task))).ToArray())],
            [.. baselines.Select((value, i) => new SeedValue(i, value))], goal, options);
        return [.. candidates.Zip(overall, (tasks, one) => Of(tasks, one, goal) with { IsFamily = candidates.Count > 1 })];
    }

    private static double DifferenceOf(Comparison task) =>
        task.Difference ?? throw new ArgumentException("A task has no difference.");

    private static AcrossTasks Of(IReadOnlyList<Comparison> tasks, Comparison overall, MetricGoal goal)
    {
        double[] differences = [.. tasks.Select(DifferenceOf)];
        double?[] errors = [.. tasks.Select(ErrorOf)];
        var mean = differences.Average();
        var k = differences.Length;
        var all = k < 2 ? 0 : differences.Sum(value => (value - mean) * (value - mean)) / (k - 1);
        double? between = k < 2 || errors.Contains(null) ? null : Math.Max(0, all - errors.Average(error => error!.Value * error.Value));
        return new()
        {
            Overall = overall,
            SignedRankPValue = SignedRanks.PValue(differences),
            BetweenTasks = between is { } variance ? Math.Sqrt(variance) : null,
            ChanceOnNextTask = between is { } tau && all > 0 && overall.Method is not null ? ChanceOf(mean, tau + all / k, k, goal) : null,
            Shrunken = [.. differences.Zip(errors, (value, error) => between is { } t && error is { } own
                ? t + own * own > 0 ? mean + (value - mean) * t / (t + own * own) : value : (double?)null)],
        };
    }

    // The next task's true difference is t distributed around the mean, if the tasks' variance is only estimated.
    private static double ChanceOf(double mean, double variance, int tasks, MetricGoal goal) =>
        StudentT.CDF(0, 1, tasks - 1, (goal == MetricGoal.Maximize ? mean : -mean) / Math.Sqrt(variance));

    private static double? ErrorOf(Comparison task) =>
        task is { TStatistic: { } t, Difference: { } difference } && t != 0 ? Math.Abs(difference / t)
        : task is { Interval: { } interval, DegreesOfFreedom: { } degrees }
            ? (interval.High - interval.Low) / 2 / StudentDistribution.TwoSidedQuantile(task.Level, degrees) : null;
}
