using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics;

/// <summary>A rate, such as that of runs which failed or diverged, with its exact interval.</summary>
/// <param name="Count">How often it happened.</param>
/// <param name="Of">How often it could have happened; at least 1.</param>
/// <param name="Interval">The interval of the rate.</param>
/// <remarks>Source of the interval: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), 404–413.</remarks>
public sealed record Rate(int Count, int Of, Interval Interval)
{
    /// <summary>Makes a rate.</summary>
    /// <param name="count">How often it happened.</param>
    /// <param name="of">How often it could have happened; at least 1.</param>
    /// <param name="confidence">The confidence of the interval; default 0.95.</param>
    public static Rate Estimate(int count, int of, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(of, 1);
        var half = (1 - confidence) / 2;
        var low = count == 0 ? 0 : Beta.InvCDF(count, of - count + 1, half);
        var high = count == of ? 1 : Beta.InvCDF(count + 1, of - count, 1 - half);
        return new(count, of, new(low, high));
    }
}

/// <summary>Two rates, compared.</summary>
/// <param name="Candidate">The candidate's rate.</param>
/// <param name="Baseline">The baseline's rate.</param>
/// <param name="PValue">The two-sided p-value of Fisher's exact test that the rates are equal.</param>
/// <remarks>Source: R. A. Fisher, "Statistical Methods for Research Workers", 5th ed. (1934), section 21.02.</remarks>
public sealed record RateComparison(Rate Candidate, Rate Baseline, double PValue)
{
    /// <summary>Compares two rates.</summary>
    public static RateComparison Between(Rate candidate, Rate baseline)
    {
        var (total, all) = (candidate.Count + baseline.Count, candidate.Of + baseline.Of);
        var observed = Probability(candidate.Count);
        var sum = 0.0;
        for (var count = Math.Max(0, total - baseline.Of); count <= Math.Min(total, candidate.Of); count++)
            if (Probability(count) is var probability && probability <= observed * (1 + 1e-9)) sum += probability;
        return new(candidate, baseline, Math.Min(1, sum));

        double Probability(int count) => Math.Exp(
            SpecialFunctions.BinomialLn(candidate.Of, count) + SpecialFunctions.BinomialLn(baseline.Of, total - count)
            - SpecialFunctions.BinomialLn(all, total));
    }
}
