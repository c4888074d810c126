using Tenfold.Core.Costs;
using Tenfold.Core.Reasons;

namespace Tenfold.Core.Studies;

/// <summary>
/// How much of its budget a study has spent at a given time, and whether the rest is enough for another trial. Computed from the times in
/// the ledger, so a restart changes nothing, and time in which no trial ran is free.
/// </summary>
/// <remarks>
/// A new trial is expected to take <c>max_runtime</c>, or else as long as the longest trial that has completed or is still running.
/// Retries after a failure are not included in the estimate.
/// </remarks>
/// <param name="budget">What may be spent.</param>
/// <param name="trials">All trials so far, in any order.</param>
/// <param name="terms">What a trial of the study needs and costs.</param>
/// <param name="now">The current time.</param>
public sealed class BudgetUsage(Budget budget, IReadOnlyList<TrialUsage> trials, TrialTerms terms, DateTimeOffset now)
{
    /// <summary>The wall time during which at least one trial ran; overlapping trials are counted once.</summary>
    public TimeSpan Time { get; } = Union(trials.Select(trial => trial.Time), now);

    /// <summary>
    /// What the machines have cost, in US dollars: the total time of all runs at the hourly price; null when the price is unknown.
    /// </summary>
    public decimal? Usd { get; } =
        Price(terms, trials.Aggregate(TimeSpan.Zero, (sum, trial) => CostMath.Add(sum, MachineTime(trial, now))));

    private IEnumerable<TrialUsage> Running => trials.Where(trial => trial.Time.End is null);

    private bool IsDurationUnknown => terms.MaxRuntime is null && !trials.Any(trial => trial.IsCompleted);

    /// <summary>Why no further trial may be started now: a trial is only started if it can finish within the budget.</summary>
    /// <param name="isReserved">True when part of the budget is reserved for confirming the best trials; the reason says so.</param>
    /// <returns>Null when a trial may be started.</returns>
    public Reason? WhyNotStart(bool isReserved = false)
    {
        if (WhyOver() is { } over) return over with { IsReserved = isReserved };
        if (budget.Usd is { } usd && Usd is null) return new Reason.PriceUnknown(usd, isReserved);
        if (IsDurationUnknown && Running.Count() >= terms.Parallel) return new Reason.CostUnknown(isReserved);
        return (Reason?)WhyTimeTooShort(isReserved) ?? WhyMoneyTooShort(isReserved);
    }

    /// <summary>Why running trials must be stopped: the budget is used up.</summary>
    /// <returns>Null when they may continue.</returns>
    public Reason.BudgetSpent? WhyOver()
    {
        if (budget.Time is { } time && Time >= time) return new Reason.BudgetSpent(time, null);
        return budget.Usd is { } usd && Usd >= usd ? new Reason.BudgetSpent(null, usd) : null;
    }

    private static TimeSpan Union(IEnumerable<TimeInterval> intervals, DateTimeOffset now)
    {
        var (sum, until) = (TimeSpan.Zero, DateTimeOffset.MinValue);
        foreach (var interval in intervals.OrderBy(interval => interval.Begin))
        {
            var begin = interval.Begin > until ? interval.Begin : until;
            var end = interval.Begin + interval.Length(now);
            if (end <= begin) continue;
            sum += end - begin;
            until = end;
        }

        return sum;
    }

    private static TimeSpan MachineTime(TrialUsage trial, DateTimeOffset now) =>
        trial.Runs.Aggregate(TimeSpan.Zero, (sum, run) => CostMath.Add(sum, run.Length(now)));

    private static decimal? Price(TrialTerms terms, TimeSpan time) =>
        terms.UsdPerHour is { } price ? CostMath.Cost(price, time) : null;

    private static TimeSpan Longest(IEnumerable<TimeSpan> times) => times.DefaultIfEmpty().Max();

    // A failed trial says nothing about how long a whole trial takes.
    private IEnumerable<TrialUsage> Representative() => trials.Where(trial => trial.IsCompleted || trial.Time.End is null);

    private Reason.TimeTooShort? WhyTimeTooShort(bool isReserved)
    {
        if (budget.Time is not { } time) return null;
        var needed = terms.MaxRuntime ?? Longest(Representative().Select(trial => trial.Time.Length(now)));
        return needed > time - Time ? new Reason.TimeTooShort(time, time - Time, needed, isReserved) : null;
    }

    private Reason.MoneyTooShort? WhyMoneyTooShort(bool isReserved)
    {
        if (budget.Usd is not { } budgeted || Usd is not { } spent) return null;
        var needed = terms.MaxRuntime * terms.Repeat ?? Longest(Representative().Select(trial => MachineTime(trial, now)));
        var cost = Price(terms, needed) ?? 0;
        var committed = Running.Sum(trial => Math.Max(0, cost - (Price(terms, MachineTime(trial, now)) ?? 0)));
        var left = budgeted - spent;
        return cost + committed > left ? new Reason.MoneyTooShort(budgeted, left, cost, committed, isReserved) : null;
    }
}
