namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>
/// The values that one parameter of a search may have: a <see cref="FixedDimension"/>, a <see cref="RangeDimension"/> or a
/// <see cref="ChoiceDimension"/>.
/// </summary>
public abstract record SearchDimension
{
    private protected SearchDimension()
    {
    }

    /// <summary>
    /// Conditions: the parameter is active only where each parameter named here has one of the values. Empty: always active. Every name is
    /// a <see cref="ChoiceDimension"/> of the same space, and the conditions form no circle.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>> When { get; init; } =
        new OrderedDictionary<string, IReadOnlyList<ParameterValue>>();
}

/// <summary>A single value.</summary>
/// <param name="Value">The value.</param>
public sealed record FixedDimension(ParameterValue Value) : SearchDimension;

/// <summary>Numbers from <see cref="Min"/> to <see cref="Max"/>, both included.</summary>
public sealed record RangeDimension : SearchDimension
{
    /// <summary>The smallest value; above 0 on a logarithmic scale.</summary>
    public required double Min { get; init; }

    /// <summary>The largest value; above <see cref="Min"/>.</summary>
    public required double Max { get; init; }

    /// <summary>
    /// True when the values are whole numbers.
    /// </summary>
    public required bool Whole { get; init; }

    /// <summary>How the range is searched. Default: <see cref="RangeScale.Linear"/>.</summary>
    public RangeScale Scale { get; init; }

    /// <summary>
    /// The distance between neighbours, starting at <see cref="Min"/>; null: any number, or any whole number. Not with a logarithmic
    /// scale.
    /// </summary>
    public double? Step { get; init; }

    /// <summary>True when every number between the ends is allowed.</summary>
    public bool IsContinuous => !Whole && Step is null;
}

/// <summary>How a range is searched.</summary>
public enum RangeScale
{
    /// <summary>Equal differences count the same.</summary>
    Linear,

    /// <summary>Equal ratios count the same.</summary>
    Log,
}

/// <summary>One of several values.</summary>
/// <param name="Values">The values, all different.</param>
/// <param name="Ordered">True when neighbours in the list are similar, as with sizes.</param>
public sealed record ChoiceDimension(IReadOnlyList<ParameterValue> Values, bool Ordered) : SearchDimension;
