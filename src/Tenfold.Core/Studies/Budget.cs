namespace Tenfold.Core.Studies;

/// <summary>
/// What a study may spend; at least one of the two limits is set. A trial is only started if it can finish within the budget.
/// </summary>
/// <param name="Time">Wall time during which trials run; null for no limit.</param>
/// <param name="Usd">What the machines may cost, in US dollars; null for no limit.</param>
public sealed record Budget(TimeSpan? Time = null, decimal? Usd = null);
