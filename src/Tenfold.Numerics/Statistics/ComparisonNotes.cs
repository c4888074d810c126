namespace Tenfold.Numerics.Statistics;

/// <summary>Writes the notes of a comparison.</summary>
internal static class ComparisonNotes
{
    private const int FewRepeats = 5;
    private const string LittleToGoBy = "with fewer than 5, only large differences show, and the answer leans on values being normal.";

    /// <summary>How many repeats there are, and whose seeds match.</summary>
    public static IEnumerable<ComparisonNote> OfRepeats(
        IReadOnlyList<SeedValue> candidate,
        IReadOnlyList<SeedValue> baseline,
        Summary? candidateValues,
        Summary? baselineValues,
        Pairing? pairing)
    {
        var (n, other) = (candidateValues?.N ?? 0, baselineValues?.N ?? 0);
        if (Math.Min(n, other) < 2)
        {
            yield return new(ComparisonNoteKind.TooFewToTest,
                $"The candidate has {Count(n, "value")} and the baseline {other}: "
                + "one run can't show a difference. Repeat both, best ten times.");
        }
        else if (pairing?.Candidate.Length < FewRepeats)
        {
            yield return new(ComparisonNoteKind.FewRepeats,
                $"Only {pairing.Candidate.Length} pairs: {LittleToGoBy}");
        }
        else if (Math.Min(n, other) < FewRepeats)
        {
            yield return new(ComparisonNoteKind.FewRepeats,
                $"Only {n} against {other} repeats: {LittleToGoBy}");
        }

        var (failed, otherFailed) = (candidate.Count - n, baseline.Count - other);
        if (failed + otherFailed > 0)
        {
            yield return new(ComparisonNoteKind.FailedRepeats,
                $"{failed} of the candidate's {Count(candidate.Count, "repeat")} and {otherFailed} of the baseline's "
                + $"{baseline.Count} gave no value. If bad runs fail more often, the rest flatter.");
        }

        if (pairing is null && Math.Min(n, other) >= 2)
        {
            yield return new(ComparisonNoteKind.SeedsDiffer,
                "The seeds of the two groups don't match, so they were compared unpaired (Welch). "
                + "Repeats from one base seed can be paired, and often show more.");
        }

        if (pairing is not null && n + other > 2 * pairing.Candidate.Length)
        {
            yield return new(ComparisonNoteKind.LeftOut,
                $"{n - pairing.Candidate.Length} of the candidate's values and {other - pairing.Candidate.Length} of the "
                + "baseline's have no partner with the same seed, so the difference leaves them out.");
        }
    }

    /// <summary>Values, or differences, that are all the same.</summary>
    public static IEnumerable<ComparisonNote> OfSpread(Summary? candidate, Summary? baseline, Pairing? pairing, TTest? test)
    {
        var same = candidate is { N: > 1 } && candidate.Min == candidate.Max;
        var otherSame = baseline is { N: > 1 } && baseline.Min == baseline.Max;
        var decides = test is { HasSpread: false } ? " A t test means nothing here; the permutation test decides." : "";
        if (same || otherSame)
        {
            var whose = same && otherSame ? "either group" : same ? "the candidate" : "the baseline";
            yield return new(ComparisonNoteKind.ZeroSpread,
                $"Every repeat of {whose} gave the same value: does the script use its seed?{decides}");
        }
        else if (decides.Length > 0)
        {
            yield return new(ComparisonNoteKind.ZeroSpread, pairing is null
                ? $"The values of each group differ by rounding only: does the script use its seed?{decides}"
                : Math.Abs(test!.Difference) <= Magnitude.Rounding
                ? $"Every pair gave the same value twice: does the change reach the script?{decides}"
                : $"Every pair differs by the same amount: does the change only shift the metric?{decides}");
        }
    }

    /// <summary>Two tests on different sides of the level.</summary>
    public static IEnumerable<ComparisonNote> OfTests(TTest? test, PermutationResult? permutation, double level)
    {
        if (test is null || permutation is null || test.PValue <= level == permutation.PValue <= level) yield break;
        yield return new(ComparisonNoteKind.TestsDisagree, permutation.PValue > level
            ? $"The t test finds a difference ({P(test.PValue)}), the permutation test, which doesn't need normal values, "
                + $"does not ({P(permutation.PValue)}; with few repeats it can't). More repeats would settle it."
            : $"The permutation test finds a difference ({P(permutation.PValue)}), the t test does not ({P(test.PValue)}): "
                + "one outlying value may do that. Look at the values; more repeats would settle it.");
    }

    private static string P(double value) => value < 0.0001 ? "p < 0.0001" : $"p = {value:0.####}";

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
