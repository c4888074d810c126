using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics.Sequential;

/// <summary>
/// Compares the means of two arms of independent units, and may be asked again and again while units come: the chance that it ever says
/// "better" or "worse" without a difference is at most alpha. Values and differences are in the metric's unit.
/// </summary>
/// <remarks>
/// <para>The estimate is a difference of means within each stratum, weighted by h = n₀n₁ / (n₀ + n₁) (Cochran, "Some methods for
/// strengthening the common χ² tests", Biometrics 10, 1954, section 6). With those weights its numerator is a sum of independent steps,
/// and so has the shape that <see cref="AsymptoticConfidenceSequence"/> needs when shares change.</para>
/// <para>The sequence counts <see cref="EffectiveUnits"/> = 4 Σh, which is the number of units when the arms are equal, and less when they
/// are not: unequal arms know less.</para>
/// </remarks>
public sealed record SequentialComparison
{
    /// <summary>The number of the baseline's units, including strata that are left out.</summary>
    public required long Baseline { get; init; }

    /// <summary>The number of the candidate's units, including strata that are left out.</summary>
    public required long Candidate { get; init; }

    /// <summary>Which way is better.</summary>
    public required MetricGoal Goal { get; init; }

    /// <summary>The candidate's mean minus the baseline's, within strata. Null: too few units.</summary>
    public required double? Difference { get; init; }

    /// <summary>The interval that holds at all looks at once, with confidence 1 − alpha. Null: too few units, or no spread.</summary>
    public required Interval? Interval { get; init; }

    /// <summary>The p-value of this look, which stays valid however often one looks. Null: too few units, or no spread.</summary>
    public required double? PValue { get; init; }

    /// <summary>The number of units in equal arms that would know as much. 0: too few units.</summary>
    public required double EffectiveUnits { get; init; }

    /// <summary>What the comparison says so far.</summary>
    public required SequentialVerdict Verdict { get; init; }

    /// <summary>
    /// How many more units in all, split as so far, give a verdict with probability <see cref="SequentialOptions.Power"/> if the observed
    /// difference is the true one. 0: there is a verdict. Null: there is no estimate, or a billion units would not suffice.
    /// </summary>
    /// <remarks>Solves radius + z · standard error = |difference|. An early difference is noisy, and so is this number.</remarks>
    public double? MoreUnits => Verdict != SequentialVerdict.KeepGoing ? 0 : Plan is null ? null : MoreOf(Plan);

    private UnitPlan? Plan { get; init; }

    /// <summary>Reasons for caution; empty when there are none.</summary>
    public required IReadOnlyList<SequentialNote> Notes { get; init; }

    /// <summary>Compares two arms.</summary>
    /// <param name="strata">The units, by periods with equal shares; may be empty.</param>
    /// <param name="goal">Which way is better.</param>
    /// <param name="options">Null: <see cref="SequentialOptions"/> with its defaults. They must be the same at every look.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static SequentialComparison Of(IReadOnlyList<ArmStratum> strata, MetricGoal goal, SequentialOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(strata);
        options ??= new();
        options.ThrowIfInvalid();
        var sequence = new AsymptoticConfidenceSequence(options.Alpha, options.TightestAt);
        var all = strata.Aggregate(UnitMoments.None, (sum, one) => sum.Join(one.Baseline).Join(one.Candidate));
        var needed = (long)Math.Ceiling(Math.Max(options.FirstLook, Math.Min(options.FirstLookEvents * all.SkewnessSquared, 1e15)));
        ArmStratum[] ripe = [.. strata.Where(one => Math.Min(one.Baseline.Count, one.Candidate.Count) >= needed)];
        var estimate = Estimate.Of(ripe, all.Variance);
        var counts = new SequentialComparison
        {
            Baseline = strata.Sum(one => one.Baseline.Count),
            Candidate = strata.Sum(one => one.Candidate.Count),
            Goal = goal,
            Difference = estimate?.Difference,
            Interval = null,
            PValue = null,
            EffectiveUnits = estimate?.EffectiveUnits ?? 0,
            Verdict = SequentialVerdict.KeepGoing,
            Notes = [.. NotesOf(strata, ripe, needed, all)],
        };
        return estimate is { StandardError: > 0 } ? counts.Judged(estimate, sequence, options) : counts;
    }

    private SequentialComparison Judged(Estimate estimate, AsymptoticConfidenceSequence sequence, SequentialOptions options)
    {
        var (difference, error, units) = (estimate.Difference, estimate.StandardError, estimate.EffectiveUnits);
        var radius = sequence.Radius(error, units);
        var isBetter = difference > 0 == (Goal == MetricGoal.Maximize);
        var verdict = Math.Abs(difference) <= radius ? SequentialVerdict.KeepGoing
            : isBetter ? SequentialVerdict.Better : SequentialVerdict.Worse;
        return this with
        {
            Interval = new(difference - radius, difference + radius),
            PValue = sequence.PValue(difference / error, units),
            Verdict = verdict,
            Plan = new(error * Math.Sqrt(units), sequence, options.Power),
        };
    }

    private double? MoreOf(UnitPlan plan)
    {
        var target = UnitsFor(Math.Abs(Difference!.Value), plan.Deviation, plan.Sequence, plan.Power);
        var more = Math.Max(0, target - EffectiveUnits) * (Baseline + Candidate) / EffectiveUnits;
        return more <= 1e9 ? more : null;
    }

    /// <summary>The number of effective units at which a true difference gets a verdict with this probability; may be infinite.</summary>
    internal static double UnitsFor(double difference, double deviation, AsymptoticConfidenceSequence sequence, double power)
    {
        var quantile = Normal.InvCDF(0, 1, power);
        double low = 0, high = 40;
        // The radius falls with the number of units, so bisection in the exponent finds where it meets the difference.
        for (var i = 0; i < 50; i++)
        {
            var middle = (low + high) / 2;
            var units = Math.Exp(middle);
            var error = deviation / Math.Sqrt(units);
            if (sequence.Radius(error, units) + quantile * error > difference) low = middle;
            else high = middle;
        }

        return high >= 40 ? double.PositiveInfinity : Math.Exp(high);
    }

    private static IEnumerable<SequentialNote> NotesOf(
        IReadOnlyList<ArmStratum> strata, ArmStratum[] ripe, long needed, UnitMoments all)
    {
        if (ripe.Length == 0)
        {
            yield return new SequentialNote.TooFewUnits(
                strata.Sum(one => one.Baseline.Count), strata.Sum(one => one.Candidate.Count), needed);
            yield break;
        }

        if (all.Variance == 0) yield return new SequentialNote.EqualUnits(all.Mean);
        var left = strata.Where(one => !ripe.Contains(one)).ToArray();
        if (left.Length > 0)
        {
            yield return new SequentialNote.StrataLeftOut(
                left.Length, left.Sum(one => one.Baseline.Count), left.Sum(one => one.Candidate.Count));
        }
    }

    /// <summary>What <see cref="MoreUnits"/> needs; it is computed only when asked for.</summary>
    private sealed record UnitPlan(double Deviation, AsymptoticConfidenceSequence Sequence, double Power);

    /// <summary>The difference within strata, and its standard error.</summary>
    private sealed record Estimate(double Difference, double StandardError, double EffectiveUnits)
    {
        // An arm whose values happen to be equal has the spread of both arms, since a spread of zero would make any difference certain.
        public static Estimate? Of(ArmStratum[] strata, double pooled)
        {
            if (strata.Length == 0) return null;
            double weights = 0, sum = 0, variance = 0;
            foreach (var (baseline, candidate) in strata)
            {
                double n = baseline.Count, m = candidate.Count, weight = n * m / (n + m);
                weights += weight;
                sum += weight * (candidate.Mean - baseline.Mean);
                variance += weight * weight * (Spread(baseline) / n + Spread(candidate) / m);
            }

            return new(sum / weights, Math.Sqrt(variance) / weights, 4 * weights);

            double Spread(UnitMoments arm) => arm.Variance > 0 ? arm.Variance : pooled;
        }
    }
}
