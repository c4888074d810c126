namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>
/// The values that a parameter of a search can have: a <see cref="FixedDimension"/>, a <see cref="RangeDimension"/> or a
/// <see cref="ChoiceDimension"/>.
/// </summary>
public abstract record SearchDimension
{
    private protected SearchDimension()
    {
    }

    /// <summary>
    /// Conditions: the parameter is active only where each parameter named here has one of the listed values. Empty, the default: always
    /// active. Each name must be a <see cref="ChoiceDimension"/> of the same space, and conditions must not form a cycle.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>> When { get; init; } =
        new OrderedDictionary<string, IReadOnlyList<ParameterValue>>();
}

/// <summary>A single value; the search doesn't vary the parameter.</summary>
/// <param name="Value">The value.</param>
public sealed record FixedDimension(ParameterValue Value) : SearchDimension;

/// <summary>Numbers from <see cref="Min"/> to <see cref="Max"/>, both included.</summary>
public sealed record RangeDimension : SearchDimension
{
    /// <summary>The smallest value; above 0 on a logarithmic scale.</summary>
    public required double Min { get; init; }

    /// <summary>The largest value; above <see cref="Min"/>.</summary>
    public required double Max { get; init; }

    /// <summary>True when the values are whole numbers.</summary>
    public required bool Whole { get; init; }

    /// <summary>How coordinates divide the range. Default: <see cref="RangeScale.Linear"/>.</summary>
    public RangeScale Scale { get; init; }

    /// <summary>
    /// The distance between neighbouring values, starting at <see cref="Min"/>; above 0. Null: any number, or any whole number. Only valid
    /// with a linear scale.
    /// </summary>
    public double? Step { get; init; }

    /// <summary>
    /// How many values a range with steps, or of whole numbers, has. A last step that exceeds <see cref="Max"/> only by rounding counts:
    /// 0.1 to 0.9 by 0.1 has nine values. At most <see cref="long.MaxValue"/>.
    /// </summary>
    public long Levels
    {
        get
        {
            var steps = (Max - Min) / (Step ?? 1);
            return (long)Math.Min(long.MaxValue, Math.Floor(steps + 1e-9 + (steps * 1e-15)) + 1);
        }
    }

    /// <summary>True when every number from <see cref="Min"/> to <see cref="Max"/> is allowed.</summary>
    public bool IsContinuous => !Whole && Step is null;
}

/// <summary>How coordinates divide a range.</summary>
public enum RangeScale
{
    /// <summary>Equal differences have equal lengths.</summary>
    Linear,

    /// <summary>Equal ratios have equal lengths.</summary>
    Log,
}

/// <summary>One of several values.</summary>
/// <param name="Values">The values; at least one, all different.</param>
/// <param name="Ordered">True when neighbouring values are similar, as with sizes.</param>
public sealed record ChoiceDimension(IReadOnlyList<ParameterValue> Values, bool Ordered) : SearchDimension;
