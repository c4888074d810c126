namespace Tenfold.Numerics.Statistics.Drift;

/// <summary>
/// The population stability index of two samples in bins, beside what the index is when nothing has changed. The customary limits 0.1 and
/// 0.25 are no test: with 100 requests in ten bins, the index exceeds 0.1 in four of ten samples of an unchanged distribution.
/// </summary>
/// <remarks>
/// <para>PSI = Σ (p − q) ln(p / q). Half a count is added to each bin, so that an empty bin doesn't make the index infinite (Jeffreys'
/// prior). Bins in which the smaller sample can expect fewer than five counts are joined before that.</para>
/// <para>Source: Yurdakul, "Statistical properties of the population stability index", Western Michigan University, 2018: without a
/// change, PSI · nm / (n + m) has a χ² distribution with (bins − 1) degrees of freedom.</para>
/// </remarks>
public sealed record PopulationStability
{
    private const double FewestExpected = 5;

    private PopulationStability(double index, int bins, double pValue, double expected) =>
        (Index, Bins, PValue, Expected) = (index, bins, pValue, expected);

    /// <summary>The index; 0 for equal shares.</summary>
    public double Index { get; }

    /// <summary>The number of bins after joining rare ones; 1 means that nothing could be tested.</summary>
    public int Bins { get; }

    /// <summary>The chance of an index at least as large when nothing has changed, before any correction.</summary>
    public double PValue { get; }

    /// <summary>The mean of the index when nothing has changed: (bins − 1)(1/n + 1/m).</summary>
    public double Expected { get; }

    /// <summary>Compares two samples in bins.</summary>
    /// <param name="reference">The reference's count in each bin; at least 0, together above 0.</param>
    /// <param name="window">The window's count in each bin, in the same order.</param>
    /// <exception cref="ArgumentException">The numbers of bins differ, a count is negative, or a sample is empty.</exception>
    public static PopulationStability Of(IReadOnlyList<long> reference, IReadOnlyList<long> window)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(window);
        if (reference.Count != window.Count) throw new ArgumentException("Both samples have the same bins.", nameof(window));
        if (reference.Concat(window).Any(count => count < 0)) throw new ArgumentException("A count is at least 0.", nameof(window));
        long n = reference.Sum(), m = window.Sum();
        if (n == 0 || m == 0) throw new ArgumentException("A sample has at least one value.", n == 0 ? nameof(reference) : nameof(window));
        var bins = Joined(reference.Zip(window), FewestExpected * (n + m) / Math.Min(n, m));
        var scale = 1.0 / n + 1.0 / m;
        var index = bins.Sum(bin =>
        {
            var (p, q) = ((bin.Reference + 0.5) / (n + bins.Count / 2.0), (bin.Window + 0.5) / (m + bins.Count / 2.0));
            return (p - q) * Math.Log(p / q);
        });
        var pValue = bins.Count < 2 ? 1 : ChiSquaredTail(index / scale, bins.Count - 1);
        return new(index, bins.Count, pValue, (bins.Count - 1) * scale);
    }

    /// <summary>P(χ² ≥ x), without the rounding error of 1 − P(χ² &lt; x).</summary>
    internal static double ChiSquaredTail(double x, int degrees) =>
        x <= 0 ? 1 : MathNet.Numerics.SpecialFunctions.GammaUpperRegularized(degrees / 2.0, x / 2);

    // All rare bins become one bin, which needs enough counts too. Which values share it depends only on the counts of both samples.
    private static List<(long Reference, long Window)> Joined(IEnumerable<(long Reference, long Window)> all, double fewest)
    {
        var byTotal = all.OrderBy(bin => bin.Reference + bin.Window).ToList();
        var bins = byTotal.SkipWhile(bin => bin.Reference + bin.Window < fewest).ToList();
        var rare = byTotal.Take(byTotal.Count - bins.Count).ToArray();
        var (reference, window) = (rare.Sum(bin => bin.Reference), rare.Sum(bin => bin.Window));
        if (reference + window >= fewest || bins.Count == 0) bins.Insert(0, (reference, window));
        else bins[0] = (bins[0].Reference + reference, bins[0].Window + window);
        return bins;
    }
}
