namespace Tenfold.Numerics.Statistics.Robust;

/// <summary>Makes the tests of statistics other than the mean.</summary>
internal static class RobustTests
{
    /// <summary>The test; null when a side has fewer than two values.</summary>
    public static DifferenceTest? Of(Summary candidate, Summary baseline, Pairing? pairing, int exponent, ComparisonOptions options)
    {
        if (pairing is null && (candidate.N < 2 || baseline.N < 2)) return null;
        var (first, second) = Magnitude.Centred(
            Magnitude.Scaled(pairing?.Candidate ?? candidate.Values, exponent),
            Magnitude.Scaled(pairing?.Baseline ?? baseline.Values, exponent));
        return options.Statistic switch
        {
            LocationStatistic.Median when pairing is not null => new SignTest(first.Zip(second, (value, partner) => value - partner)),
            LocationStatistic.Median => new MediansTest(first, second),
            LocationStatistic.Iqm when pairing is not null =>
                BootstrapTest.Paired(first, second, TrimmedMoments.QuarterCut, options.PermutationSeed),
            LocationStatistic.Iqm => BootstrapTest.Independent(first, second, TrimmedMoments.QuarterCut, options.PermutationSeed),
            _ => Yuen(first, second, pairing is not null),
        };
    }

    private static TTest Yuen(double[] candidate, double[] baseline, bool isPaired)
    {
        var kept = TrimmedMoments.KeptOf(Math.Min(candidate.Length, baseline.Length), TrimmedMoments.Cut);
        return isPaired
            ? TTest.Trimmed(TrimmedMoments.OfPairs(candidate, baseline, TrimmedMoments.Cut), null, kept)
            : TTest.Trimmed(
                TrimmedMoments.Of(candidate, TrimmedMoments.Cut), TrimmedMoments.Of(baseline, TrimmedMoments.Cut), kept);
    }
}
