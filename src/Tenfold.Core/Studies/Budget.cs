namespace Tenfold.Core.Studies;

/// <summary>What a study may spend; at least one of the two is set. Nothing is started that could not be finished within it.</summary>
/// <param name="Time">Wall time during which trials run; null for no bound.</param>
/// <param name="Usd">What the machines may cost, in US dollars; null for no bound.</param>
public sealed record Budget(TimeSpan? Time = null, decimal? Usd = null);
