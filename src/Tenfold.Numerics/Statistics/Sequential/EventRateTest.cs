namespace Tenfold.Numerics.Statistics.Sequential;

/// <summary>
/// Tests whether the candidate has more events (errors, slow requests) for its share of the traffic than the baseline, and may be asked
/// after every event. Only events count: their arms are draws from the shares when the rates are equal, also while both rates drift.
/// Immutable.
/// </summary>
/// <remarks>
/// <para>Events must be independent: count a user's first event only, for one user's bad input stays in one arm and fails each time.</para>
/// <para>When the share changes, a new factor begins. The factors multiply, so that the chance of a false alarm stays alpha in all.</para>
/// <para>Source: Lindon and Malek, "Anytime-valid inference for multinomial count data", arXiv 2011.03567 (Poisson and Bernoulli rates),
/// with the prior cut to larger shares; see <see cref="DirichletEvidence"/>.</para>
/// </remarks>
public sealed record EventRateTest
{
    private const double Concentration = 2;

    /// <summary>Makes a test.</summary>
    /// <param name="share">The candidate's share of the traffic of both arms; above 0, below 1.</param>
    /// <param name="alpha">The chance that the test ever rejects a candidate that is no worse; above 0, below 1. Default 0.005.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public EventRateTest(double share, double alpha = 0.005)
    {
        if (alpha is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha lies between 0 and 1.");
        (Alpha, Share) = (alpha, Checked(share));
    }

    /// <summary>The chance that the test ever rejects a candidate that is no worse.</summary>
    public double Alpha { get; }

    /// <summary>The candidate's share of the traffic now in force.</summary>
    public double Share { get; private init; }

    /// <summary>The baseline's events since the share last changed.</summary>
    public long Baseline { get; private init; }

    /// <summary>The candidate's events since the share last changed.</summary>
    public long Candidate { get; private init; }

    /// <summary>The logarithm of the evidence from before the share last changed.</summary>
    public double EarlierLnEvidence { get; private init; }

    /// <summary>The largest <see cref="LnEvidence"/> of all looks; at least 0.</summary>
    public double PeakLnEvidence { get; private init; }

    /// <summary>The logarithm of the evidence that the candidate's rate is too large, at this look.</summary>
    public double LnEvidence => EarlierLnEvidence + DirichletEvidence.LnAbove(Baseline, Candidate, Share, Concentration);

    /// <summary>The p-value over all looks so far.</summary>
    public double PValue => Math.Exp(-PeakLnEvidence);

    /// <summary>True when the candidate's rate is too large. Once true, it stays true.</summary>
    public bool IsTooHigh => PValue <= Alpha;

    /// <summary>The test after more events, which is a look.</summary>
    /// <param name="baseline">The baseline's new events; at least 0.</param>
    /// <param name="candidate">The candidate's new events; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public EventRateTest Add(long baseline, long candidate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(baseline);
        ArgumentOutOfRangeException.ThrowIfNegative(candidate);
        var next = this with { Baseline = Baseline + baseline, Candidate = Candidate + candidate };
        return next with { PeakLnEvidence = Math.Max(PeakLnEvidence, next.LnEvidence) };
    }

    /// <summary>The test for events after a change of the share.</summary>
    /// <param name="share">The candidate's new share of the traffic of both arms; above 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of its range.</exception>
    public EventRateTest ChangeShare(double share) => share == Share ? this
        : this with { EarlierLnEvidence = LnEvidence, Share = Checked(share), Baseline = 0, Candidate = 0 };

    /// <summary>The test as it was before its process ended, from the public properties of the former test.</summary>
    /// <param name="baseline">See <see cref="Baseline"/>.</param>
    /// <param name="candidate">See <see cref="Candidate"/>.</param>
    /// <param name="earlierLnEvidence">See <see cref="EarlierLnEvidence"/>.</param>
    /// <param name="peakLnEvidence">See <see cref="PeakLnEvidence"/>.</param>
    public EventRateTest Restore(long baseline, long candidate, double earlierLnEvidence, double peakLnEvidence) => this with
    {
        Baseline = baseline,
        Candidate = candidate,
        EarlierLnEvidence = earlierLnEvidence,
        PeakLnEvidence = peakLnEvidence,
    };

    private static double Checked(double share) => share is > 0 and < 1 ? share
        : throw new ArgumentOutOfRangeException(nameof(share), share, "A share lies between 0 and 1.");
}
