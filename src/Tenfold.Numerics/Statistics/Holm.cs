namespace Tenfold.Numerics.Statistics;

/// <summary>
/// Holm's step-down correction for several tests. It keeps the chance of at least one false finding at or below α, however the tests
/// depend on each other, and it is at least as powerful as Bonferroni's correction.
/// </summary>
/// <remarks>Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979), 65–70.</remarks>
public static class Holm
{
    /// <summary>Adjusts p-values. A test is significant in its family at level α when its adjusted p-value is at most α.</summary>
    /// <param name="pValues">The uncorrected p-value of each test; may be empty.</param>
    /// <returns>
    /// The adjusted p-values in the given order. The i-th smallest of m (i from 0) becomes the largest of (m − j)·p₍ⱼ₎ over j ≤ i, at most
    /// 1.
    /// </returns>
    /// <exception cref="ArgumentException">A p-value is not between 0 and 1.</exception>
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
    /// The level of each test: α / (m − i) up to and including the first test that fails. Later tests have the level of that test.
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
