namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>One varying parameter of a <see cref="SearchSpace"/>: an axis of the unit cube.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Kind">Whether the values are continuous, ordered or categories.</param>
/// <param name="Levels">The number of values; 0 for a continuous axis.</param>
public sealed record SearchAxis(string Name, AxisKind Kind, long Levels);

/// <summary>The kind of values on an axis.</summary>
public enum AxisKind
{
    /// <summary>Any number of a range. Near coordinates mean similar values.</summary>
    Continuous,

    /// <summary>Several ordered values: whole numbers, steps, or an ordered choice. Near coordinates mean similar values.</summary>
    Ordered,

    /// <summary>Several values without order. Two values are either equal or different, never similar.</summary>
    Category,
}
