namespace Tenfold.Numerics.Tuning;

/// <summary>How a sweep chooses its next point.</summary>
public enum SweepMethod
{
    /// <summary>Chosen by the space, the noise and the number of trials.</summary>
    Auto,

    /// <summary>Independent uniform points.</summary>
    Random,

    /// <summary>A scrambled Sobol sequence.</summary>
    Sobol,

    /// <summary>Every combination; ranges need a step.</summary>
    Grid,

    /// <summary>The optimum of one posterior draw for each freed worker.</summary>
    Thompson,

    /// <summary>Log expected improvement, running trials as believers.</summary>
    LogEI,

    /// <summary>Tree-structured Parzen estimator.</summary>
    Tpe,
}
