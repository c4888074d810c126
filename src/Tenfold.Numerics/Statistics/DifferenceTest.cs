namespace Tenfold.Numerics.Statistics;

/// <summary>A test of a difference between two sides, in some statistic. Values are scaled by <see cref="Magnitude"/>.</summary>
internal abstract class DifferenceTest
{
    /// <summary>The candidate's statistic minus the baseline's, scaled.</summary>
    public abstract double Difference { get; }

    /// <summary>False when the values that count differ only by rounding, so that there is nothing to test with.</summary>
    public abstract bool HasSpread { get; }

    /// <summary>The two-sided p-value.</summary>
    public abstract double PValue { get; }

    /// <summary>The t test whose formulas plan further repeats; null where there is none.</summary>
    public abstract TTest? Projection { get; }

    /// <summary>The interval for the difference, with confidence 1 − alpha; null when there are too few values for one.</summary>
    public abstract (double Low, double High)? IntervalAt(double alpha);

    /// <summary>The one-sided p-value of "the true difference is above the bound".</summary>
    public abstract double PValueAbove(double bound);

    /// <summary>The one-sided p-value of "the true difference is below the bound".</summary>
    public abstract double PValueBelow(double bound);
}
