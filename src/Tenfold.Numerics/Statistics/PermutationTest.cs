namespace Tenfold.Numerics.Statistics;

/// <summary>Tests that assume only that the two sides could be exchanged, not that the values are normal. Values are scaled.</summary>
/// <remarks>
/// Exact where every arrangement can be tried; else Monte Carlo, whose p-value (1 + hits) / (1 + draws) never claims more than it
/// should: Phipson and Smyth, "Permutation p-values should never be zero", Stat. Appl. Genet. Mol. Biol. 9 (2010).
/// </remarks>
internal static class PermutationTest
{
    /// <summary>Up to this many pairs, all 2ⁿ signs are tried.</summary>
    public const int MostExactPairs = 20;

    /// <summary>Up to this many ways to split, all are tried: ten against ten has 184,756.</summary>
    public const int MostExactSplits = 200_000;

    /// <summary>Fisher's sign-flip test of the pairs' differences; the statistic is |mean|.</summary>
    /// <remarks>Source: R. A. Fisher, "The Design of Experiments" (1935), section 21.</remarks>
    public static PermutationResult SignFlip(double[] differences, int draws, long seed)
    {
        // Ties are decided with room for the rounding of values, which are at most 2, and of sums.
        var threshold = Math.Abs(differences.Sum()) - 1e-12 * differences.Sum(Math.Abs) - Magnitude.Rounding * differences.Length;
        if (differences.Length <= MostExactPairs)
        {
            var rest = new double[differences.Length + 1];
            for (var i = differences.Length - 1; i >= 0; i--) rest[i] = rest[i + 1] + Math.Abs(differences[i]);
            // All signs turned round give the same |sum|, so the first sign can stay.
            var hits = HitsBelow(differences, rest, 1, differences[0], threshold);
            return new(hits / (double)(1L << (differences.Length - 1)), IsExact: true);
        }

        var random = new SplitMix64(seed);
        var beyond = 0;
        for (var draw = 0; draw < draws; draw++)
        {
            double sum = 0;
            ulong bits = 0;
            for (var i = 0; i < differences.Length; i++, bits >>= 1)
            {
                if (i % 64 == 0) bits = random.Next();
                sum += (bits & 1) == 0 ? differences[i] : -differences[i];
            }

            if (Math.Abs(sum) >= threshold) beyond++;
        }

        return new((1.0 + beyond) / (1.0 + draws), IsExact: false);
    }

    /// <summary>
    /// The test of all splits of the pooled values into groups of the given sizes; the statistic is |Welch's t|, which keeps the
    /// level right for large n also when the variances differ.
    /// </summary>
    /// <remarks>
    /// Source: A. Janssen, "Studentized permutation tests for non-i.i.d. hypotheses and the generalized Behrens–Fisher problem", Stat.
    /// Probab. Lett. 36 (1997), 9–21.
    /// </remarks>
    public static PermutationResult Splits(double[] candidate, double[] baseline, int draws, long seed)
    {
        double[] pooled = [.. candidate, .. baseline];
        var size = candidate.Length;
        var observed = StudentizedSquare(candidate, baseline);
        var threshold = double.IsPositiveInfinity(observed) ? observed : observed * (1 - 1e-9);
        var ways = Ways(pooled.Length, size);
        var hits = 0;
        if (ways <= MostExactSplits)
        {
            var split = new double[pooled.Length];
            var chosen = Enumerable.Range(0, size).ToArray();
            do
            {
                Arrange(pooled, chosen, split);
                if (StudentizedSquare(split.AsSpan(0, size), split.AsSpan(size)) >= threshold) hits++;
            }
            while (NextCombination(chosen, pooled.Length));
            return new(hits / ways, IsExact: true);
        }

        var random = new SplitMix64(seed);
        for (var draw = 0; draw < draws; draw++)
        {
            for (var i = 0; i < size; i++)
            {
                var other = i + random.Below(pooled.Length - i);
                (pooled[i], pooled[other]) = (pooled[other], pooled[i]);
            }

            if (StudentizedSquare(pooled.AsSpan(0, size), pooled.AsSpan(size)) >= threshold) hits++;
        }

        return new((1.0 + hits) / (1.0 + draws), IsExact: false);
    }

    /// <summary>Goes through the signs depth first, and leaves a branch as soon as all or none of it can count.</summary>
    private static long HitsBelow(double[] differences, double[] rest, int index, double sum, double threshold)
    {
        if (Math.Abs(sum) - rest[index] >= threshold) return 1L << (differences.Length - index);
        if (Math.Abs(sum) + rest[index] < threshold) return 0;
        return HitsBelow(differences, rest, index + 1, sum + differences[index], threshold)
            + HitsBelow(differences, rest, index + 1, sum - differences[index], threshold);
    }

    private static double StudentizedSquare(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var (a, b) = (Moments.Of(first), Moments.Of(second));
        var difference = a.Mean - b.Mean;
        if (Math.Sqrt(Math.Max(a.Variance, b.Variance)) <= Magnitude.Rounding)
            return Math.Abs(difference) <= Magnitude.Rounding ? 0 : double.PositiveInfinity;
        return difference * difference / (a.Variance / a.Count + b.Variance / b.Count);
    }

    /// <summary>How many ways there are to choose; exact as far as it matters, large beyond.</summary>
    private static double Ways(int count, int size)
    {
        var ways = 1.0;
        for (var i = 1; i <= Math.Min(size, count - size) && ways <= MostExactSplits; i++)
            ways = Math.Round(ways * (count - i + 1) / i);
        return ways;
    }

    private static void Arrange(double[] pooled, int[] chosen, double[] split)
    {
        int first = 0, second = chosen.Length;
        for (var i = 0; i < pooled.Length; i++)
        {
            if (first < chosen.Length && chosen[first] == i) split[first++] = pooled[i];
            else split[second++] = pooled[i];
        }
    }

    private static bool NextCombination(int[] chosen, int count)
    {
        var i = chosen.Length - 1;
        while (i >= 0 && chosen[i] == count - chosen.Length + i) i--;
        if (i < 0) return false;
        chosen[i]++;
        for (var j = i + 1; j < chosen.Length; j++) chosen[j] = chosen[j - 1] + 1;
        return true;
    }
}

/// <summary>A permutation test's answer.</summary>
internal sealed record PermutationResult(double PValue, bool IsExact);
