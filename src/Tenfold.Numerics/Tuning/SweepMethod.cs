namespace Tenfold.Numerics.Tuning;

/// <summary>The search methods; see <see cref="SearchMethods"/>.</summary>
public enum SweepMethod
{
    /// <summary>Chooses one of the model-based methods for each trial, depending on the noise and the number of trials.</summary>
    Auto,

    /// <summary>Independent, uniformly distributed points.</summary>
    Random,

    /// <summary>The points of a scrambled Sobol sequence.</summary>
    Sobol,

    /// <summary>Every combination of values. Ranges need a step.</summary>
    Grid,

    /// <summary>Thompson sampling: each trial is the optimum of a draw from the posterior (Kandasamy et al., AISTATS 2018).</summary>
    Thompson,

    /// <summary>
    /// Log expected improvement (Ament et al., NeurIPS 2023); running trials count as observed at their predicted values.
    /// </summary>
    LogEI,

    /// <summary>Tree-structured Parzen estimator (Bergstra et al., NIPS 2011).</summary>
    Tpe,
}
