namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>
/// What one parameter of a sweep may be: a <see cref="FixedDimension"/>, a <see cref="RangeDimension"/> or a
/// <see cref="ChoiceDimension"/>.
/// </summary>
public abstract record SearchDimension
{
    private protected SearchDimension()
    {
    }

    /// <summary>
    /// The parameter is in play only where each of these others has one of the values; empty: always. Every name is another
    /// dimension of the sweep that is a choice, and no chain of them comes back to its beginning.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>> When { get; init; } =
        new OrderedDictionary<string, IReadOnlyList<ParameterValue>>();
}

/// <summary>One value that never varies.</summary>
/// <param name="Value">The value.</param>
public sealed record FixedDimension(ParameterValue Value) : SearchDimension;

/// <summary>Numbers from <see cref="Min"/> to <see cref="Max"/>, both included.</summary>
public sealed record RangeDimension : SearchDimension
{
    /// <summary>The least; above 0 on a logarithmic scale.</summary>
    public required double Min { get; init; }

    /// <summary>The largest; above <see cref="Min"/>.</summary>
    public required double Max { get; init; }

    /// <summary>
    /// True when only whole numbers are meant: <c>min</c>, <c>max</c> and <c>step</c> are written without a point, and
    /// <c>train.params</c> does not declare a number with one.
    /// </summary>
    public required bool Whole { get; init; }

    /// <summary>How the range is searched. Default: <see cref="RangeScale.Linear"/>.</summary>
    public RangeScale Scale { get; init; }

    /// <summary>
    /// The distance of neighbours, counted from <see cref="Min"/>; null: any number, or any whole number. Never with a logarithmic
    /// scale.
    /// </summary>
    public double? Step { get; init; }

    /// <summary>True when any number between the ends will do.</summary>
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

/// <summary>One of some values.</summary>
/// <param name="Values">The values, all different.</param>
/// <param name="Ordered">True when neighbours in the list are alike, as with sizes.</param>
public sealed record ChoiceDimension(IReadOnlyList<ParameterValue> Values, bool Ordered) : SearchDimension;
