namespace Tenfold.Numerics.Statistics.Sequential;

/// <summary>
/// The units that came while the shares of the arms stayed the same. A comparison over several shares compares the arms within each
/// stratum, so that a busy hour with a larger share of the candidate is not mistaken for an effect of the candidate.
/// </summary>
/// <param name="Baseline">The baseline's units.</param>
/// <param name="Candidate">The candidate's units.</param>
public sealed record ArmStratum(UnitMoments Baseline, UnitMoments Candidate);
