namespace Tenfold.Numerics.Statistics.Sequential;

/// <summary>
/// Tests whether units arrive at the arms in the intended shares, and may be asked after every unit. A mismatch means that the assignment,
/// the logging or a filter treats the arms differently, so that no comparison of the arms can be trusted. Immutable.
/// </summary>
/// <remarks>
/// <para>When the shares change, a new factor begins with the new shares. The factors multiply, so that the chance of a false alarm stays
/// alpha over all shares together.</para>
/// <para>Source: Lindon and Malek, "Anytime-valid inference for multinomial count data", arXiv 2011.03567; see
/// <see cref="DirichletEvidence"/>.</para>
/// </remarks>
public sealed record SampleRatioTest
{
    /// <summary>Makes a test.</summary>
    /// <param name="shares">The intended share of each arm; each above 0. Only their ratios matter.</param>
    /// <param name="alpha">The chance that the test ever rejects shares that are right; above 0, below 1. Default 0.001.</param>
    /// <param name="concentration">
    /// How close to the intended shares the alternative is expected; above 0. Large values find small shifts with many units, small values
    /// find large shifts with few. Default 200.
    /// </param>
    /// <exception cref="ArgumentException">A share is not above 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Another argument is out of its range.</exception>
    public SampleRatioTest(IReadOnlyList<double> shares, double alpha = 0.001, double concentration = 200)
    {
        if (alpha is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha lies between 0 and 1.");
        if (!(concentration > 0)) throw new ArgumentOutOfRangeException(nameof(concentration), concentration, "It is above 0.");
        (Alpha, Concentration, Shares) = (alpha, concentration, Normalised(shares));
        Counts = new long[shares.Count];
    }

    /// <summary>The chance that the test ever rejects shares that are right.</summary>
    public double Alpha { get; }

    /// <summary>The prior's concentration.</summary>
    public double Concentration { get; }

    /// <summary>The intended shares now in force; they sum to 1.</summary>
    public IReadOnlyList<double> Shares { get; private init; }

    /// <summary>The number of units of each arm since the shares last changed.</summary>
    public IReadOnlyList<long> Counts { get; private init; }

    /// <summary>The number of units of all shares so far.</summary>
    public long Units { get; private init; }

    /// <summary>The logarithm of the evidence against the shares, at this look.</summary>
    public double LnEvidence => Earlier + DirichletEvidence.Ln(Counts, Shares, Concentration);

    /// <summary>The largest <see cref="LnEvidence"/> of all looks; at least 0.</summary>
    public double PeakLnEvidence { get; private init; }

    /// <summary>The p-value over all looks so far.</summary>
    public double PValue => Math.Exp(-PeakLnEvidence);

    /// <summary>True when the units don't arrive in the intended shares. Once true, it stays true.</summary>
    public bool IsMismatch => PValue <= Alpha;

    private double Earlier { get; init; }

    /// <summary>The test after more units, which is a look.</summary>
    /// <param name="counts">How many units newly arrived at each arm; each at least 0.</param>
    /// <exception cref="ArgumentException">There is not one count for each arm, or one is negative.</exception>
    public SampleRatioTest Add(params IReadOnlyList<long> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Count != Shares.Count || counts.Any(count => count < 0))
            throw new ArgumentException("There is one count of at least 0 for each arm.", nameof(counts));
        var next = this with { Counts = [.. Counts.Zip(counts, (a, b) => a + b)], Units = Units + counts.Sum() };
        return next with { PeakLnEvidence = Math.Max(PeakLnEvidence, next.LnEvidence) };
    }

    /// <summary>The test for units that arrive after a change of the intended shares.</summary>
    /// <param name="shares">The new share of each arm; each above 0. Only their ratios matter.</param>
    /// <exception cref="ArgumentException">There is not one share above 0 for each arm.</exception>
    public SampleRatioTest ChangeShares(IReadOnlyList<double> shares)
    {
        var next = Normalised(shares);
        if (next.Length != Shares.Count) throw new ArgumentException("There is one share for each arm.", nameof(shares));
        return next.SequenceEqual(Shares) ? this : this with { Earlier = LnEvidence, Shares = next, Counts = new long[next.Length] };
    }

    private static double[] Normalised(IReadOnlyList<double> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        if (shares.Count < 2 || shares.Any(share => !(share > 0 && double.IsFinite(share))))
            throw new ArgumentException("There are at least two shares, each above 0.", nameof(shares));
        var sum = shares.Sum();
        return [.. shares.Select(share => share / sum)];
    }
}
