namespace Tenfold.Core.Studies;

/// <summary>When a sweep's trials are ended early: at <em>rungs</em>, the steps First, First·Factor, First·Factor², …</summary>
/// <param name="Rule">The rule.</param>
/// <param name="First">
/// The first rung's step, in the metric's own steps. Null: the steps of the first trial that completes over Factor², so that two rungs lie
/// before its end; until then nothing is ended.
/// </param>
/// <param name="Factor">
/// η: each rung is so many times the last one, and by <see cref="PruningRule.Asha"/> one trial in so many passes it. From 2 to 16.
/// Default: 3.
/// </param>
public sealed record Pruning(PruningRule Rule, long? First = null, int Factor = 3);

/// <summary>By which rule a sweep ends a trial early.</summary>
public enum PruningRule
{
    /// <summary>Asynchronous successive halving: not among the best 1/η that came to the same step.</summary>
    Asha,

    /// <summary>Worse than the median of the other trials at the same step.</summary>
    Median,
}
