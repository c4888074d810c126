namespace Tenfold.Numerics.Statistics;

/// <summary>How sure a <see cref="Comparison"/> must be, and how hard it works for its permutation test.</summary>
public sealed record ComparisonOptions
{
    /// <summary>
    /// The chance of a false "better" or "worse" when there is no difference, both sides together; above 0, below 1. Default 0.05.
    /// </summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>The confidence of the intervals: 1 − <see cref="Alpha"/>.</summary>
    public double Confidence => 1 - Alpha;

    /// <summary>The chance of showing a difference that planning aims at; above <see cref="Alpha"/>, below 1. Default 0.80.</summary>
    public double Power { get; init; } = 0.80;

    /// <summary>
    /// Random arrangements tried where there are too many to try all; default 100,000, which leaves an error of about 0.0007 at p = 0.05.
    /// Zero: no permutation test at all, not even an exact one.
    /// </summary>
    public int PermutationDraws { get; init; } = 100_000;

    /// <summary>The seed of those arrangements, so that the same values give the same answer. Default 1.</summary>
    public long PermutationSeed { get; init; } = 1;

    internal void ThrowIfInvalid()
    {
        if (Alpha is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "Alpha lies between 0 and 1.");
        if (!(Power > Alpha && Power < 1)) throw new ArgumentOutOfRangeException(nameof(Power), Power, "Power lies between alpha and 1.");
        ArgumentOutOfRangeException.ThrowIfNegative(PermutationDraws);
    }
}
