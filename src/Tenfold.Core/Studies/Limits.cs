using Tenfold.Core.Projects;

namespace Tenfold.Core.Studies;

/// <summary>When a trial is ended early.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="First">The first rung's step, in the metric's own steps. Default: 1.</param>
/// <param name="Factor">η: each rung is so many times the last one, and one trial in so many passes it (asynchronous halving). Default: 3.</param>
public sealed record Pruning(PruningRule Rule, long First = 1, int Factor = 3);

/// <summary>What a study may spend. Nothing is started that could not be finished within it.</summary>
/// <param name="Time">Wall time during which trials run; null for no bound.</param>
/// <param name="Usd">What the machines may cost, in US dollars; null for no bound.</param>
public sealed record Budget(TimeSpan? Time = null, decimal? Usd = null);
