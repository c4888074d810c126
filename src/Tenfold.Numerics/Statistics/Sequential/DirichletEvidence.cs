using MathNet.Numerics;

namespace Tenfold.Numerics.Statistics.Sequential;

/// <summary>The evidence of counts against shares that were fixed beforehand.</summary>
/// <remarks>
/// Source: Lindon and Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022, arXiv 2011.03567: the Bayes factor of a
/// Dirichlet–multinomial alternative, which is a martingale when the shares are the true ones.
/// </remarks>
internal static class DirichletEvidence
{
    // Below, a double has fewer digits, and soon it is zero.
    private const double SmallestExact = 1e-300;

    /// <summary>The logarithm of the Bayes factor against the shares; 0 for no count.</summary>
    /// <param name="counts">How many fell to each arm.</param>
    /// <param name="shares">The share of each arm; each above 0, together 1.</param>
    /// <param name="concentration">The prior's concentration k: its parameters are k times the shares.</param>
    public static double Ln(IReadOnlyList<long> counts, IReadOnlyList<double> shares, double concentration)
    {
        var evidence = SpecialFunctions.GammaLn(concentration) - SpecialFunctions.GammaLn(concentration + counts.Sum());
        for (var i = 0; i < counts.Count; i++)
        {
            var prior = concentration * shares[i];
            evidence += SpecialFunctions.GammaLn(prior + counts[i]) - SpecialFunctions.GammaLn(prior) - counts[i] * Math.Log(shares[i]);
        }

        return evidence;
    }

    /// <summary>
    /// The logarithm of the Bayes factor of two arms whose alternative is cut to shares of the second above a bound: the evidence that its
    /// share is larger than that.
    /// </summary>
    /// <param name="first">How many fell to the first arm.</param>
    /// <param name="second">How many fell to the second arm.</param>
    /// <param name="share">The largest share of the second arm that is acceptable; above 0, below 1.</param>
    /// <param name="concentration">The prior's concentration.</param>
    /// <remarks>
    /// The two-sided factor times the ratio of the posterior's to the prior's mass above the share. It stays a supermartingale for every
    /// smaller true share, since each step's factor then falls in expectation.
    /// </remarks>
    public static double LnAbove(long first, long second, double share, double concentration)
    {
        if (first + second == 0) return 0;
        var (a, b) = (concentration * share, concentration * (1 - share));
        var twoSided = Ln([first, second], [1 - share, share], concentration);
        return twoSided + LnMassAbove(share, a + second, b + first) - LnMassAbove(share, a, b);
    }

    // The complement's own distribution function: 1 − I would lose a small mass to rounding. A mass that is too small for a double is
    // replaced by the first term of its series. All terms are positive, so that the evidence is never too large.
    private static double LnMassAbove(double share, double a, double b) =>
        SpecialFunctions.BetaRegularized(b, a, 1 - share) is > SmallestExact and var mass
            ? Math.Log(mass)
            : b * Math.Log(1 - share) + a * Math.Log(share) - Math.Log(b) - SpecialFunctions.BetaLn(b, a);
}
