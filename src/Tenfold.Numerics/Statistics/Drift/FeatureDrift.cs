namespace Tenfold.Numerics.Statistics.Drift;

/// <summary>What a drift report says of a feature.</summary>
public enum DriftVerdict
{
    /// <summary>There are too few requests, or too many different categories.</summary>
    NotTested,

    /// <summary>The window is compatible with the reference. That doesn't mean that nothing has changed.</summary>
    NotShown,

    /// <summary>The distribution has changed, by a small distance.</summary>
    SmallShift,

    /// <summary>The distribution has changed.</summary>
    Shift,
}

/// <summary>How a feature of a window differs from its reference.</summary>
public sealed record FeatureDrift
{
    /// <summary>The feature's name.</summary>
    public required string Name { get; init; }

    /// <summary>What the report says.</summary>
    public required DriftVerdict Verdict { get; init; }

    /// <summary>True when categories were compared, false when numbers were.</summary>
    public required bool IsCategorical { get; init; }

    /// <summary>The number of requests of the reference, including those without a value.</summary>
    public required long Reference { get; init; }

    /// <summary>The number of requests of the window, including those without a value.</summary>
    public required long Window { get; init; }

    /// <summary>The share of the reference's requests without a value.</summary>
    public required double ReferenceMissing { get; init; }

    /// <summary>The share of the window's requests without a value.</summary>
    public required double WindowMissing { get; init; }

    /// <summary>
    /// The Kolmogorov–Smirnov distance of numbers; the total variation distance ½ Σ|p − q| of categories. Null: not tested.
    /// </summary>
    public double? Distance { get; init; }

    /// <summary>The population stability index; of numbers in bins that the reference cuts. Null: not tested.</summary>
    public PopulationStability? Stability { get; init; }

    /// <summary>
    /// The p-value before correction: of the Kolmogorov–Smirnov test for numbers, of the stability index for categories; where values are
    /// missing, twice the smaller of it and that of the share of missing values. Null: not tested.
    /// </summary>
    public double? PValue { get; init; }

    /// <summary>The p-value after Holm's correction over all tested features. Null: not tested.</summary>
    public double? AdjustedPValue { get; init; }
}
