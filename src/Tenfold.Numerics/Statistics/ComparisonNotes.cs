namespace Tenfold.Numerics.Statistics;

/// <summary>Finds the notes of a comparison.</summary>
internal static class ComparisonNotes
{
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

        if (pairs is null && Math.Min(n, other) >= 2) yield return new ComparisonNote.SeedsDiffer();
        if (pairs is { } used && n + other > 2 * used) yield return new ComparisonNote.LeftOut(n - used, other - used);
    }

    /// <summary>A note about values that are far from the others of their side.</summary>
    public static IEnumerable<ComparisonNote> OfFarOut(Summary? candidate, Summary? baseline)
    {
        var (far, otherFar) = (CountFarOut(candidate), CountFarOut(baseline));
        if (far + otherFar > 0) yield return new ComparisonNote.FarOut(far, candidate?.N ?? 0, otherFar, baseline?.N ?? 0);
    }

    /// <summary>A note about values or differences that are constant.</summary>
    public static IEnumerable<ComparisonNote> OfSpread(ZeroSpreadKind? kind, TTest? test)
    {
        if (kind is { } found) yield return new ComparisonNote.ZeroSpread(found, PermutationDecides: test is { HasSpread: false });
    }

    /// <summary>What is constant in a comparison; null for nothing.</summary>
    public static ZeroSpreadKind? FindConstant(Summary? candidate, Summary? baseline, Pairing? pairing, TTest? test) =>
        (IsConstant(candidate), IsConstant(baseline)) switch
        {
            (true, true) => ZeroSpreadKind.Both,
            (true, false) => ZeroSpreadKind.Candidate,
            (false, true) => ZeroSpreadKind.Baseline,
            _ when test is not { HasSpread: false } => null,
            _ when pairing is null => ZeroSpreadKind.Rounding,
            _ when Math.Abs(test!.Difference) <= Magnitude.RoundingError => ZeroSpreadKind.EqualPairs,
            _ => ZeroSpreadKind.ConstantDifference,
        };

    /// <summary>A note when only one of the two tests is significant.</summary>
    public static IEnumerable<ComparisonNote> OfTests(TTest? test, PermutationResult? permutation, double level)
    {
        if (test is null || permutation is null || test.PValue <= level == permutation.PValue <= level) yield break;
        yield return new ComparisonNote.TestsDisagree(test.PValue, permutation.PValue, level);
    }

    private static int CountFarOut(Summary? values) => values is null ? 0 : FarOut.Find(values.Values).Count(isFar => isFar);

    private static bool IsConstant(Summary? values) => values is { N: > 1 } && values.Min == values.Max;
}
