using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics.Across;

/// <summary>Wilcoxon's signed-rank test: whether differences lie around zero, by their ranks.</summary>
/// <remarks>
/// Source: F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945); recommended for several data sets by
/// J. Demšar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7 (2006), section 3.1.3. Zero differences are left
/// out; tied sizes share their mean rank, and the p-value is exact for them too, up to 50 differences.
/// </remarks>
public static class SignedRanks
{
    private const int MostExact = 50;

    /// <summary>The two-sided p-value; 1 when all differences are zero.</summary>
    /// <param name="differences">The differences; all finite.</param>
    public static double PValue(IReadOnlyList<double> differences)
    {
        ArgumentNullException.ThrowIfNull(differences);
        double[] sizes = [.. differences.Where(value => value != 0).OrderBy(Math.Abs)];
        var n = sizes.Length;
        if (n == 0) return 1;
        // Twice the mean rank is a whole number.
        var ranks = new int[n];
        for (var (start, end) = (0, 0); start < n; start = end)
        {
            while (end < n && Math.Abs(sizes[end]) == Math.Abs(sizes[start])) end++;
            for (var i = start; i < end; i++) ranks[i] = start + 1 + end;
        }

        var total = ranks.Sum();
        var above = ranks.Where((_, i) => sizes[i] > 0).Sum();
        var least = Math.Min(above, total - above);
        if (n <= MostExact) return Math.Min(1, 2 * ShareUpTo(least, ranks, total));
        var deviation = Math.Sqrt(ranks.Sum(rank => (double)rank * rank)) / 2;
        return Math.Min(1, 2 * Normal.CDF(0, 1, (least + 1 - total / 2.0) / deviation));
    }

    // The share of all signs whose positive ranks sum to at most the limit.
    private static double ShareUpTo(int limit, int[] ranks, int total)
    {
        var shares = new double[total + 1];
        shares[0] = 1;
        foreach (var rank in ranks)
            for (var sum = total; sum >= 0; sum--) shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2;
        return shares.Take(limit + 1).Sum();
    }
}
