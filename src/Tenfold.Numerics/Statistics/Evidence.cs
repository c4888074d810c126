using Tenfold.Numerics.Statistics.Robust;

namespace Tenfold.Numerics.Statistics;

/// <summary>The part of a comparison that doesn't depend on the significance level: summaries, pairs, tests and their notes.</summary>
internal sealed class Evidence
{
    private const int MaxMoreRepeats = 1_000_000;

    private readonly MetricGoal _goal;
    private readonly Summary? _candidate;
    private readonly Summary? _baseline;
    private readonly Pairing? _pairing;
    private readonly int _exponent;
    private readonly DifferenceTest? _test;
    private readonly PermutationResult? _permutation;
    private readonly IReadOnlyList<ComparisonNote> _notes;

    private Evidence(IReadOnlyList<SeedValue> candidate, IReadOnlyList<SeedValue> baseline, MetricGoal goal, ComparisonOptions options)
    {
        Options = options;
        _goal = goal;
        _candidate = SummaryOf(candidate, options);
        _baseline = SummaryOf(baseline, options);
        _pairing = Pairing.Find(candidate, baseline);
        if (_candidate is not null && _baseline is not null)
        {
            _exponent = Magnitude.ExponentOf([.. _candidate.Values, .. _baseline.Values]);
            (_test, _permutation) = options.Statistic == LocationStatistic.Mean
                ? MeansTests(_candidate, _baseline, _pairing, _exponent, options)
                : (RobustTests.Of(_candidate, _baseline, _pairing, _exponent, options), null);
        }

        var constant = ComparisonNotes.FindConstant(_candidate, _baseline, _pairing, _test, options.Statistic);
        // Repeats that all give one value are most likely one observation, made several times: the script ignores its seed.
        if (constant is not (null or ZeroSpreadKind.EqualPairs or ZeroSpreadKind.ConstantDifference)) (_test, _permutation) = (null, null);
        _notes =
        [
            .. ComparisonNotes.OfRepeats(candidate, baseline, _candidate, _baseline, _pairing),
            .. ComparisonNotes.OfSpread(constant, _test),
            .. ComparisonNotes.OfFarOut(_candidate, _baseline, options),
            .. options.TestFraction is { } tested ? [new ComparisonNote.Resampled(tested)] : Array.Empty<ComparisonNote>(),
        ];
    }

    public ComparisonOptions Options { get; }

    /// <summary>
    /// The p-value that gives the verdict: the t test's, or the permutation test's when there is no spread. Null: no test.
    /// </summary>
    public double? DecidingPValue => _test is null ? null : _test.HasSpread ? _test.PValue : _permutation?.PValue;

    /// <summary>Pairs the repeats where their seeds match, and runs the tests.</summary>
    public static Evidence Of(
        IReadOnlyList<SeedValue> candidate, IReadOnlyList<SeedValue> baseline, MetricGoal goal, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(baseline);
        options.ThrowIfInvalid();
        return new(candidate, baseline, goal, options);
    }

    /// <summary>Makes the comparison at a significance level.</summary>
    /// <param name="level">The level of the interval and of the planning figures.</param>
    /// <param name="adjustedPValue">In a family: the corrected p-value, which gives the verdict at alpha. Null: the level gives it.</param>
    /// <param name="candidates">How many candidates are compared with the baseline.</param>
    public Comparison Judge(double level, double? adjustedPValue = null, int candidates = 1)
    {
        var test = _test is { HasSpread: true } ? _test : null;
        var t = test as TTest;
        var shown = adjustedPValue is { } adjusted ? adjusted <= Options.Alpha : DecidingPValue <= level;
        var verdict = shown ? Direction() : Verdict.NotShown;
        var plan = Options.Plans ? test?.Projection : null;
        var more = verdict != Verdict.NotShown ? 0 : plan?.MoreRepeatsFor(plan.Difference, Options.Power, level, MaxMoreRepeats);
        return new()
        {
            Method = _test is null ? null : _pairing is null ? ComparisonMethod.Welch : ComparisonMethod.Paired,
            Goal = _goal,
            Statistic = Options.Statistic,
            Candidate = _candidate,
            Baseline = _baseline,
            CandidateLocation = LocationOf(_candidate),
            BaselineLocation = LocationOf(_baseline),
            PairsUsed = _pairing?.Candidate.Length ?? 0,
            Difference = DifferenceOfMeans(),
            Interval = test?.IntervalAt(level) is var (low, high) ? new(Unscaled(low), Unscaled(high)) : null,
            Level = level,
            DegreesOfFreedom = t?.DegreesOfFreedom,
            TStatistic = t?.Statistic,
            AllowsForSkew = t is { AllowsForSkew: true },
            PValue = test?.PValue,
            PermutationPValue = _permutation?.PValue,
            PermutationIsExact = _permutation?.IsExact ?? false,
            AdjustedPValue = adjustedPValue,
            Verdict = verdict,
            SmallestDetectable = plan is null
                ? null
                : Unscaled(Power.DetectableErrors(Options.Power, plan.DegreesOfFreedom, level) * plan.StandardError),
            DifferenceDeviation = test?.Projection is { } projection ? Unscaled(projection.DeviationOfOne) : null,
            MoreRepeats = more,
            MoreRepeatsRange = more > 0 ? plan!.MoreRepeatsRange(Options.Power, level, MaxMoreRepeats) : null,
            ChanceToWin = ChanceToWinAt(level),
            Margin = MarginAt(Options.Alpha / candidates),
            Notes = [.. _notes, .. ComparisonNotes.OfSkew(t, Fewest()), .. ComparisonNotes.OfTests(t, _permutation, level)],
        };
    }

    private static Summary? SummaryOf(IReadOnlyList<SeedValue> side, ComparisonOptions options)
    {
        double[] values = [.. side.Where(repeat => repeat.HasValue).Select(repeat => repeat.Value!.Value)];
        return values.Length == 0 ? null : Summary.Of(values, options.Confidence, options.TestFraction);
    }

    private static (DifferenceTest?, PermutationResult?) MeansTests(
        Summary candidate, Summary baseline, Pairing? pairing, int exponent, ComparisonOptions options)
    {
        var overlap = options.TestFraction is { } share ? share / (1 - share) : 0;
        var (draws, seed) = (overlap > 0 ? 0 : options.PermutationDraws, options.PermutationSeed);
        if (pairing is not null)
        {
            var (left, right) = (Magnitude.Scaled(pairing.Candidate, exponent), Magnitude.Scaled(pairing.Baseline, exponent));
            double[] differences = [.. left.Zip(right, (value, partner) => value - partner)];
            var test = TTest.Paired(differences, overlap, Moments.Of(left).Variance / Moments.Of(right).Variance);
            return (test, draws == 0 ? null : PermutationTest.SignFlip(differences, draws, seed));
        }

        if (candidate.N < 2 || baseline.N < 2) return (null, null);
        var (first, second) = Magnitude.Centred(
            Magnitude.Scaled(candidate.Values, exponent), Magnitude.Scaled(baseline.Values, exponent));
        return (TTest.Welch(first, second, overlap), draws == 0 ? null : PermutationTest.Splits(first, second, draws, seed));
    }

    private double? DifferenceOfMeans()
    {
        if (_test is not null) return Unscaled(_test.Difference);
        if (_candidate is null || _baseline is null) return null;
        if (Options.Statistic != LocationStatistic.Mean) return LocationOf(_candidate)!.Value - LocationOf(_baseline)!.Value;
        return Unscaled(Math.ScaleB(_candidate.Mean, -_exponent) - Math.ScaleB(_baseline.Mean, -_exponent));
    }

    private CentralValue? LocationOf(Summary? side) => side switch
    {
        null => null,
        _ when Options.Statistic == LocationStatistic.Mean => new(LocationStatistic.Mean, side.Mean, side.Interval),
        _ => CentralValue.Of(side.Values, Options.Statistic, Options.Confidence),
    };

    private WinChance? ChanceToWinAt(double level)
    {
        if (_test is null || Options.TestFraction is not null) return null;
        return _pairing is { } pairs
            ? WinChance.OfPairs(pairs.Candidate, pairs.Baseline, _goal, level)
            : WinChance.OfAll(_candidate!.Values, _baseline!.Values, _goal, level);
    }

    private MarginResult? MarginAt(double level)
    {
        if (Options.Margin is not { } margin || _test is null) return null;
        return new MarginTest(_test, _pairing?.Candidate.Length ?? 0, _goal)
            .Judge(Math.ScaleB(margin, -_exponent), margin, level, Options.Plans ? Options.Power : null, MaxMoreRepeats);
    }

    private int Fewest() => _pairing?.Candidate.Length ?? Math.Min(_candidate?.N ?? 0, _baseline?.N ?? 0);

    private Verdict Direction() => _test!.Difference > 0 == (_goal == MetricGoal.Maximize) ? Verdict.Better : Verdict.Worse;

    private double Unscaled(double value) => Magnitude.Unscaled(value, _exponent);
}
