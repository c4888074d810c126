namespace Tenfold.Core.Studies;

/// <summary>When a sweep's trials are stopped early: at <em>rungs</em>, the steps First, First·Factor, First·Factor², …</summary>
/// <remarks>
/// The rule decides until enough trials have completed for a forecast of how a trial will end; see <see cref="Pruners.RungJudge"/>.
/// </remarks>
/// <param name="Rule">The rule.</param>
/// <param name="First">
/// The first rung's step, in the metric's own steps. Null: the length of a whole trial divided by Factor², so that two rungs lie before the
/// end of a trial.
/// </param>
/// <param name="Factor">
/// η: the ratio of each rung to the one before; under successive halving, one trial in η passes a rung. From 2 to 16.
/// Default: 3.
/// </param>
/// <param name="MaxSteps">
/// The last step of a whole trial. Null: the last step of the longest completed trial, once Factor trials have completed; without First, no
/// trial is pruned before that.
/// </param>
public sealed record Pruning(PruningRule Rule, long? First = null, int Factor = 3, long? MaxSteps = null);

/// <summary>The rule by which a sweep prunes trials.</summary>
public enum PruningRule
{
    /// <summary>Asynchronous successive halving: prunes a trial outside the best 1/η at the same step.</summary>
    Asha,

    /// <summary>Prunes a trial that is worse than the median of the other trials at the same step.</summary>
    Median,

    /// <summary>
    /// Asynchronous Hyperband: successive halving in brackets. The trials of some brackets are not judged at the first rungs, so that some
    /// trials always run long (Li et al., "Hyperband", JMLR 18 (2018)).
    /// </summary>
    Hyperband,
}
