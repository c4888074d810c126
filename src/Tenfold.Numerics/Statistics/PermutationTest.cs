namespace Tenfold.Numerics.Statistics;

/// <summary>
/// Permutation tests. They assume that the two sides are exchangeable, but not that the values are normal. Values are scaled.
/// </summary>
/// <remarks>
/// A test is exact when it can try every arrangement. Otherwise it draws arrangements at random, and its p-value is
/// (1 + hits) / (1 + draws), which keeps the level: Phipson and Smyth, "Permutation p-values should never be zero", Stat. Appl. Genet.
/// Mol. Biol. 9 (2010).
/// </remarks>
internal static class PermutationTest
{
    /// <summary>Up to this many pairs, the test tries all 2ⁿ signs.</summary>
    public const int MaxExactPairs = 20;

    /// <summary>Up to this many splits, the test tries all. Ten values against ten have 184,756 splits.</summary>
    public const int MaxExactSplits = 200_000;

    /// <summary>Fisher's sign-flip test of the differences of the pairs. The statistic is |mean|.</summary>
    /// <remarks>Source: R. A. Fisher, "The Design of Experiments" (1935), section 21.</remarks>
    public static PermutationResult SignFlip(double[] differences, int draws, long seed)
    {
        // The tolerance counts ties as hits despite rounding in the values, which are at most 2, and in the sums.
        var threshold = Math.Abs(differences.Sum()) - 1e-12 * differences.Sum(Math.Abs) - Magnitude.RoundingError * differences.Length;
        if (differences.Length <= MaxExactPairs)
        {
            var rest = new double[differences.Length + 1];
            for (var i = differences.Length - 1; i >= 0; i--) rest[i] = rest[i + 1] + Math.Abs(differences[i]);
            // Flipping all signs gives the same |sum|, so the first sign can stay fixed.
            var hits = CountHits(differences, rest, 1, differences[0], threshold);
            return new(hits / (double)(1L << (differences.Length - 1)), IsExact: true, Math.ScaleB(1, 1 - differences.Length));
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

        return new((1.0 + beyond) / (1.0 + draws), IsExact: false, 1 / (1.0 + draws));
    }

    /// <summary>
    /// The test of all splits of the pooled values into two groups of the given sizes. The statistic is |Welch's t|, so the level is
    /// asymptotically right even when the variances differ.
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
        var ways = CountSplits(pooled.Length, size);
        var hits = 0;
        if (ways <= MaxExactSplits)
        {
            var split = new double[pooled.Length];
            var chosen = Enumerable.Range(0, size).ToArray();
            do
            {
                Arrange(pooled, chosen, split);
                if (StudentizedSquare(split.AsSpan(0, size), split.AsSpan(size)) >= threshold) hits++;
            }
            while (NextCombination(chosen, pooled.Length));
            // Groups of one size give each statistic twice: the two may change places.
            return new(hits / ways, IsExact: true, (candidate.Length == baseline.Length ? 2 : 1) / ways);
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

        return new((1.0 + hits) / (1.0 + draws), IsExact: false, 1 / (1.0 + draws));
    }

    /// <summary>Counts the hits depth first. It stops at a branch whose arrangements are all hits, or none.</summary>
    private static long CountHits(double[] differences, double[] rest, int index, double sum, double threshold)
    {
        if (Math.Abs(sum) - rest[index] >= threshold) return 1L << (differences.Length - index);
        if (Math.Abs(sum) + rest[index] < threshold) return 0;
        return CountHits(differences, rest, index + 1, sum + differences[index], threshold)
            + CountHits(differences, rest, index + 1, sum - differences[index], threshold);
    }

    private static double StudentizedSquare(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var (a, b) = (Moments.Of(first), Moments.Of(second));
        var difference = a.Mean - b.Mean;
        if (Math.Sqrt(Math.Max(a.Variance, b.Variance)) <= Magnitude.RoundingError)
            return Math.Abs(difference) <= Magnitude.RoundingError ? 0 : double.PositiveInfinity;
        return difference * difference / (a.Variance / a.Count + b.Variance / b.Count);
    }

    /// <summary>The binomial coefficient; only a lower bound once it exceeds <see cref="MaxExactSplits"/>.</summary>
    private static double CountSplits(int count, int size)
    {
        var ways = 1.0;
        for (var i = 1; i <= Math.Min(size, count - size) && ways <= MaxExactSplits; i++)
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

/// <summary>The result of a permutation test.</summary>
/// <param name="PValue">The p-value.</param>
/// <param name="IsExact">True when all arrangements were tried.</param>
/// <param name="Smallest">No values of these numbers of repeats give a smaller p-value.</param>
internal sealed record PermutationResult(double PValue, bool IsExact, double Smallest);
