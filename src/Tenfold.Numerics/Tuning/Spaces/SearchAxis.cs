namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>One varying parameter of a <see cref="SearchSpace"/>: an axis of the unit cube.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Kind">What neighbouring coordinates mean.</param>
/// <param name="Levels">How many different values there are; 0 for a continuous axis.</param>
public sealed record SearchAxis(string Name, AxisKind Kind, long Levels);

/// <summary>What neighbouring coordinates of an axis mean.</summary>
public enum AxisKind
{
    /// <summary>Any number; near coordinates mean similar values.</summary>
    Continuous,

    /// <summary>Several values in order: whole numbers, steps, ordered choices. Near coordinates mean similar values.</summary>
    Ordered,

    /// <summary>Several values without order: two are equal or different, never near.</summary>
    Category,
}
