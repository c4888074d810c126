namespace Tenfold.Numerics.Statistics;

/// <summary>A closed interval, in the metric's unit. The member that returns it documents its confidence.</summary>
/// <param name="Low">The lower end; never above <paramref name="High"/>.</param>
/// <param name="High">The upper end.</param>
public sealed record Interval(double Low, double High)
{
    /// <summary>True when the value lies between the ends, or on one of them.</summary>
    public bool Contains(double value) => Low <= value && value <= High;
}
