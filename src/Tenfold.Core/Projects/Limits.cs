namespace Tenfold.Core.Projects;

/// <summary>When a sweep's trials are ended early: at <em>rungs</em>, the steps First, First·Factor, First·Factor², …</summary>
/// <param name="Rule">The rule.</param>
/// <param name="First">
/// The first rung's step, in the metric's own steps. Null: the steps of the first trial that completes over Factor², so that two rungs lie before
/// its end; until then nothing is ended.
/// </param>
/// <param name="Factor">
/// η: each rung is so many times the last one, and by <see cref="PruningRule.Asha"/> one trial in so many passes it. From 2 to 16.
/// Default: 3.
/// </param>
public sealed record Pruning(PruningRule Rule, long? First = null, int Factor = 3);

/// <summary>What a study may spend; at least one of the two is set. Nothing is started that could not be finished within it.</summary>
/// <param name="Time">Wall time during which trials run; null for no bound.</param>
/// <param name="Usd">What the machines may cost, in US dollars; null for no bound.</param>
public sealed record Budget(TimeSpan? Time = null, decimal? Usd = null);
