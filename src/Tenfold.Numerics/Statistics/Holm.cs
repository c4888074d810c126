namespace Tenfold.Numerics.Statistics;

/// <summary>
/// Holm's step-down correction for several tests at once: the chance of even one false finding among them all stays at α, whatever the
/// dependence between the tests, and it finds at least as much as Bonferroni's.
/// </summary>
/// <remarks>Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979), 65–70.</remarks>
public static class Holm
{
    /// <summary>Adjusted p-values, in the order given: a test is significant in its family at α when its adjusted p-value is ≤ α.</summary>
    /// <param name="pValues">Raw p-values, one a test; none is fine.</param>
    /// <returns>For the i-th smallest of m (i from 0): the largest of (m − j)·p₍ⱼ₎ over j ≤ i, at most 1.</returns>
    /// <exception cref="ArgumentException">One of them is not between 0 and 1.</exception>
    public static IReadOnlyList<double> Adjust(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        foreach (var p in pValues)
        {
            if (p is not (>= 0 and <= 1)) throw new ArgumentException($"A p-value lies between 0 and 1, not {p}.", nameof(pValues));
        }

        var adjusted = new double[pValues.Count];
        var highest = 0.0;
        var rank = 0;
        foreach (var index in Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i]))
        {
            highest = Math.Max(highest, Math.Min(1, (pValues.Count - rank++) * pValues[index]));
            adjusted[index] = highest;
        }

        return adjusted;
    }

    /// <summary>
    /// The level at which the procedure judged each test: α / (m − i) up to and including the first test that fails, then that one's.
    /// </summary>
    internal static double[] Levels(IReadOnlyList<double> pValues, double alpha)
    {
        var adjusted = Adjust(pValues);
        var rejected = adjusted.Count(p => p <= alpha);
        var levels = new double[pValues.Count];
        var rank = 0;
        foreach (var index in Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i]))
            levels[index] = alpha / (pValues.Count - Math.Min(rank++, rejected));

        return levels;
    }
}
