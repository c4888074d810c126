namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>One varying parameter of a <see cref="SearchSpace"/>: an axis of the unit cube.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Kind">What neighbouring coordinates mean.</param>
/// <param name="Levels">How many different values there are; 0 for a continuous axis.</param>
public sealed record SearchAxis(string Name, AxisKind Kind, long Levels);

/// <summary>What neighbouring coordinates of an axis mean.</summary>
public enum AxisKind
{
    /// <summary>Any number; near coordinates are alike.</summary>
    Continuous,

    /// <summary>Some values in order: whole numbers, steps, ordered choices. Near coordinates are alike.</summary>
    Ordered,

    /// <summary>Some values without order: two of them are the same or they are not.</summary>
    Category,
}
