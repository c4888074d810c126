using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics;

/// <summary>
/// The probability that a run of the candidate beats a run of the baseline, of the same seed where seeds are paired. A tie counts half.
/// 0.5: neither is better. Unlike a difference, it needs no unit, and one run that is far out hardly changes it.
/// </summary>
/// <param name="Estimate">The share of pairs that the candidate wins; unpaired, of all combinations of a candidate's and a baseline's run.
/// </param>
/// <param name="Interval">Its interval, at the confidence of the comparison.</param>
/// <remarks>
/// <para>Source: X. Bouthillier et al., "Accounting for variance in machine learning benchmarks", MLSys 2021, section 5; unpaired, the
/// estimate is that of Mann and Whitney (1947).</para>
/// <para>The interval of pairs is exact: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), 404–413. Unpaired, it is the same
/// interval for as many pairs as the smaller side has runs, since the variance is never larger than theirs: Z. W. Birnbaum and
/// O. M. Klose, "Bounds for the variance of the Mann-Whitney statistic", Ann. Math. Stat. 28 (1957), 933–945. So it is rather too wide
/// than too narrow.</para>
/// </remarks>
public sealed record WinChance(double Estimate, Interval Interval)
{
    /// <summary>The chance from pairs.</summary>
    internal static WinChance OfPairs(ReadOnlySpan<double> candidate, ReadOnlySpan<double> baseline, MetricGoal goal, double alpha)
    {
        var wins = 0.0;
        for (var i = 0; i < candidate.Length; i++) wins += Win(candidate[i], baseline[i], goal);
        return Of(wins / candidate.Length, candidate.Length, alpha);
    }

    /// <summary>The chance from independent values.</summary>
    internal static WinChance OfAll(IReadOnlyList<double> candidate, IReadOnlyList<double> baseline, MetricGoal goal, double alpha)
    {
        var wins = candidate.Sum(value => baseline.Sum(other => Win(value, other, goal)));
        return Of(wins / candidate.Count / baseline.Count, Math.Min(candidate.Count, baseline.Count), alpha);
    }

    private static double Win(double value, double other, MetricGoal goal) =>
        value == other ? 0.5 : value > other == (goal == MetricGoal.Maximize) ? 1 : 0;

    private static WinChance Of(double share, int n, double alpha)
    {
        var (wins, losses) = (share * n, (1 - share) * n);
        var low = wins <= 0 ? 0 : Beta.InvCDF(wins, losses + 1, alpha / 2);
        var high = losses <= 0 ? 1 : Beta.InvCDF(wins + 1, losses, 1 - alpha / 2);
        return new(share, new(low, high));
    }
}
