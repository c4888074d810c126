namespace Tenfold.Numerics.Statistics.Sequential;

/// <summary>The error rate of a <see cref="SequentialComparison"/>, and when it first looks.</summary>
public sealed record SequentialOptions
{
    /// <summary>The chance of ever giving a false verdict when there is no difference. Above 0, below 0.5. Default 0.05.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>
    /// The number of units, in equal arms, at which the interval is tightest. It must be fixed before the first unit. At least 1. Default
    /// 5,000.
    /// </summary>
    public double TightestAt { get; init; } = 5000;

    /// <summary>The smallest number of units in each arm of a first look. At least 2. Default 20.</summary>
    public int FirstLook { get; init; } = 20;

    /// <summary>
    /// The number of units in each arm of a first look, per square of the values' skewness: for rare events, about how many of them the
    /// smaller arm should have had. At least 0. Default 30.
    /// </summary>
    /// <remarks>Without it, a small arm without any event seems to have no spread, and gets a false verdict.</remarks>
    public double FirstLookEvents { get; init; } = 30;

    /// <summary>The probability with which a planned verdict comes. Above 0.5, below 1. Default 0.80.</summary>
    public double Power { get; init; } = 0.80;

    internal void ThrowIfInvalid()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstLook, 2);
        if (!(FirstLookEvents >= 0)) throw new ArgumentOutOfRangeException(nameof(FirstLookEvents), FirstLookEvents, "It is at least 0.");
        if (Power is not (> 0.5 and < 1)) throw new ArgumentOutOfRangeException(nameof(Power), Power, "Power lies between 0.5 and 1.");
    }
}
