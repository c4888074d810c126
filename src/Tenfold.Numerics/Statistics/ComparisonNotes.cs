namespace Tenfold.Numerics.Statistics;

/// <summary>Finds the notes of a comparison.</summary>
internal static class ComparisonNotes
{
    // What single precision resolves of a number: the distance from 1 to the next.
    private const double SinglePrecision = 1.0 / (1 << 23);

    // So many standard deviations apart, two sides don't differ by what their seeds change.
    private const double MostDeviations = 100;

    /// <summary>Notes about the number of repeats and about seeds that don't match.</summary>
    public static IEnumerable<ComparisonNote> OfRepeats(
        IReadOnlyList<SeedValue> candidate,
        IReadOnlyList<SeedValue> baseline,
        Summary? candidateValues,
        Summary? baselineValues,
        Pairing? pairing)
    {
        var (n, other, pairs) = (candidateValues?.N ?? 0, baselineValues?.N ?? 0, pairing?.Candidate.Length);
        if (Math.Min(n, other) < 2) yield return new ComparisonNote.TooFewToTest(n, other);
        else if (Math.Min(pairs ?? n, other) < Summary.Few) yield return new ComparisonNote.FewRepeats(n, other, pairs);

        var (failed, otherFailed) = (candidate.Count - n, baseline.Count - other);
        if (failed + otherFailed > 0) yield return new ComparisonNote.FailedRepeats(failed, candidate.Count, otherFailed, baseline.Count);

        if (pairs is null && Math.Min(n, other) >= 2) yield return SeedsOf(candidate, baseline);
        if (pairs is { } used && n + other > 2 * used) yield return new ComparisonNote.LeftOut(n - used, other - used);
    }

    /// <summary>A note about values that are far from the others of their side.</summary>
    public static IEnumerable<ComparisonNote> OfFarOut(Summary? candidate, Summary? baseline, ComparisonOptions options)
    {
        var (far, otherFar) = (CountFarOut(candidate), CountFarOut(baseline));
        if (far + otherFar == 0) yield break;
        yield return new ComparisonNote.FarOut(far, candidate?.N ?? 0, otherFar, baseline?.N ?? 0)
        {
            Statistic = options.Statistic,
            Recommended = options.TestFraction is null ? LocationStatistic.Trimmed : null,
        };
    }

    /// <summary>A note about values or differences that are constant.</summary>
    public static IEnumerable<ComparisonNote> OfSpread(ZeroSpreadKind? kind, DifferenceTest? test)
    {
        if (kind is { } found) yield return new ComparisonNote.ZeroSpread(found, PermutationDecides: test is { HasSpread: false });
    }

    /// <summary>What is constant in a comparison; null for nothing.</summary>
    public static ZeroSpreadKind? FindConstant(
        Summary? candidate, Summary? baseline, Pairing? pairing, DifferenceTest? test, LocationStatistic statistic) =>
        (IsConstant(candidate), IsConstant(baseline)) switch
        {
            (true, true) => ZeroSpreadKind.Both,
            (true, false) => ZeroSpreadKind.Candidate,
            (false, true) => ZeroSpreadKind.Baseline,
            _ when IsJitter(candidate, baseline) || IsJitter(baseline, candidate) => ZeroSpreadKind.Jitter,
            _ when test is not { HasSpread: false } => null,
            _ when statistic != LocationStatistic.Mean => ZeroSpreadKind.Kept,
            _ when pairing is null => ZeroSpreadKind.Rounding,
            _ when Math.Abs(test!.Difference) <= Magnitude.RoundingError => ZeroSpreadKind.EqualPairs,
            _ => ZeroSpreadKind.ConstantDifference,
        };

    /// <summary>A note when the interval may be too narrow for skewed values.</summary>
    public static IEnumerable<ComparisonNote> OfSkew(TTest? test, int fewest)
    {
        if (test is { IsClearlySkewed: true }) yield return new ComparisonNote.SkewedDifference(fewest);
    }

    /// <summary>A note when only one of the two tests is significant.</summary>
    public static IEnumerable<ComparisonNote> OfTests(DifferenceTest? test, PermutationResult? permutation, double level)
    {
        if (test is null || permutation is null || test.PValue <= level == permutation.PValue <= level) yield break;
        // Few arrangements can't give a small p-value, so that they disagree says nothing.
        if (permutation.Smallest > level) yield break;
        yield return new ComparisonNote.TestsDisagree(test.PValue, permutation.PValue, level);
    }

    private static ComparisonNote.SeedsDiffer SeedsOf(IReadOnlyList<SeedValue> candidate, IReadOnlyList<SeedValue> baseline)
    {
        var (ran, ranOnBaseline) = (SeedsOf(candidate, _ => true), SeedsOf(baseline, _ => true));
        var (valued, valuedOnBaseline) = (SeedsOf(candidate, one => one.HasValue), SeedsOf(baseline, one => one.HasValue));
        return new()
        {
            Shared = valued.Count(valuedOnBaseline.Contains),
            MissingOnBaseline = valued.Count(seed => !ranOnBaseline.Contains(seed)),
            MissingOnCandidate = valuedOnBaseline.Count(seed => !ran.Contains(seed)),
        };

        static HashSet<long> SeedsOf(IReadOnlyList<SeedValue> side, Func<SeedValue, bool> counts) =>
            [.. side.Where(counts).Select(one => one.Seed)];
    }

    private static int CountFarOut(Summary? values) => values is null ? 0 : FarOut.Find(values.Values).Count(isFar => isFar);

    // A script that ignores its seed gives values that differ by floating-point noise, such as that of sums in another order. The size of
    // the difference tells them from small differences of values with a large offset, which are real.
    private static bool IsJitter(Summary? side, Summary? other) =>
        side is { N: > 1, StandardDeviation: { } spread } && other is not null
        && spread <= SinglePrecision * Math.Abs(side.Mean) && Math.Abs(side.Mean - other.Mean) > MostDeviations * spread;

    private static bool IsConstant(Summary? values) => values is { N: > 1 } && values.Min == values.Max;
}
