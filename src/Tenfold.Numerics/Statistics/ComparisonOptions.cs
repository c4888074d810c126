namespace Tenfold.Numerics.Statistics;

/// <summary>The significance level and power of a <see cref="Comparison"/>, and the size of its permutation test.</summary>
public sealed record ComparisonOptions
{
    /// <summary>
    /// The two-sided significance level: the chance of a false "better" or "worse" when there is no difference. Above 0, below 1. Default
    /// 0.05.
    /// </summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>The confidence of the intervals: 1 − <see cref="Alpha"/>.</summary>
    public double Confidence => 1 - Alpha;

    /// <summary>
    /// The probability with which a planned comparison shows a true difference. <see cref="Comparison.SmallestDetectable"/> and
    /// <see cref="Comparison.MoreRepeats"/> use it. Above <see cref="Alpha"/>, below 1. Default 0.80.
    /// </summary>
    public double Power { get; init; } = 0.80;

    /// <summary>
    /// False to leave out <see cref="Comparison.SmallestDetectable"/> and <see cref="Comparison.MoreRepeats"/>, which are null then. They
    /// take most of the time of a comparison, a few milliseconds. Default true.
    /// </summary>
    public bool Plans { get; init; } = true;

    /// <summary>
    /// The difference that is too small to matter, in the metric's unit: above 0 and finite. Null: none is named, and
    /// <see cref="Comparison.Margin"/> is null.
    /// </summary>
    public double? Margin { get; init; }

    /// <summary>
    /// The share of one data set that each run tests on, when the seed chooses that share anew: above 0, below 1. Such runs overlap, so
    /// their values are correlated, and the variance of a mean is s²·(1/n + f/(1 − f)) rather than s²/n. There is no permutation test and
    /// no <see cref="Comparison.ChanceToWin"/> then, because both need independent runs. Null: the runs are independent.
    /// </summary>
    /// <remarks>Source: C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003), 239–281.</remarks>
    public double? TestFraction { get; init; }

    /// <summary>
    /// The statistic that is compared; default the mean. Another one has no permutation test, and doesn't go with
    /// <see cref="TestFraction"/>. Choose it before the comparison, or because of values far out (<see cref="ComparisonNote.FarOut"/>):
    /// the better of two verdicts is false in up to 7 % of cases.
    /// </summary>
    public LocationStatistic Statistic { get; init; }

    /// <summary>
    /// How many random arrangements the permutation test draws when there are too many to try all. Default 100,000, which gives a standard
    /// error of about 0.0007 at p = 0.05. Zero: no permutation test, not even an exact one.
    /// </summary>
    public int PermutationDraws { get; init; } = 100_000;

    /// <summary>The seed of the random arrangements; equal seeds and values give equal p-values. Default 1.</summary>
    public long PermutationSeed { get; init; } = 1;

    internal void ThrowIfInvalid()
    {
        if (Alpha is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "Alpha lies between 0 and 1.");
        if (!(Power > Alpha && Power < 1)) throw new ArgumentOutOfRangeException(nameof(Power), Power, "Power lies between alpha and 1.");
        if (Margin is { } margin && !(margin > 0 && double.IsFinite(margin)))
            throw new ArgumentOutOfRangeException(nameof(Margin), Margin, "The margin is above 0 and finite.");
        if (TestFraction is not (null or (> 0 and < 1)))
            throw new ArgumentOutOfRangeException(nameof(TestFraction), TestFraction, "A test fraction lies between 0 and 1.");
        if (TestFraction is not null && Statistic != LocationStatistic.Mean)
            throw new ArgumentOutOfRangeException(nameof(Statistic), Statistic, "Only means of overlapping splits can be compared.");
        ArgumentOutOfRangeException.ThrowIfNegative(PermutationDraws);
    }
}
