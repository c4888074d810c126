namespace Tenfold.Numerics.Tuning;

/// <summary>The search methods.</summary>
public enum SweepMethod
{
    /// <summary>Chooses one of the model-based methods for each trial, by the noise and the number of trials.</summary>
    Auto,

    /// <summary>Independent uniform points.</summary>
    Random,

    /// <summary>The points of a scrambled Sobol sequence.</summary>
    Sobol,

    /// <summary>Every combination; ranges need a step.</summary>
    Grid,

    /// <summary>Thompson sampling: the optimum of one draw from the posterior for each trial (Kandasamy et al., AISTATS 2018).</summary>
    Thompson,

    /// <summary>Log expected improvement (Ament et al., NeurIPS 2023); running trials count as predicted.</summary>
    LogEI,

    /// <summary>Tree-structured Parzen estimator (Bergstra et al., NIPS 2011).</summary>
    Tpe,
}
