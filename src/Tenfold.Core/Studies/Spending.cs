using Tenfold.Core.Reasons;

namespace Tenfold.Core.Studies;

/// <summary>
/// What a study has spent of its budget at a moment, and whether the rest is enough for another trial. It is reckoned from when trials ran,
/// as the ledger has it: so it is the same after a restart, and time in which nothing ran is free.
/// </summary>
/// <remarks>
/// A trial is taken to last for <c>max_runtime</c>, or else as long as the longest that has completed or still runs. A further attempt
/// after a failure is not reckoned with beforehand.
/// </remarks>
/// <param name="budget">What may be spent.</param>
/// <param name="trials">All trials so far, in any order.</param>
/// <param name="terms">What trials are like.</param>
/// <param name="now">The moment.</param>
public sealed class Spending(Budget budget, IReadOnlyList<SpendingTrial> trials, SpendingTerms terms, DateTimeOffset now)
{
    /// <summary>The wall time during which at least one trial ran; what overlaps is counted once.</summary>
    public TimeSpan Time { get; } = Union(trials.Select(trial => trial.Time), now);

    /// <summary>What the machines have cost, in US dollars: the time of all runs by the price of an hour; null when not known.</summary>
    public decimal? Usd { get; } = Price(terms, trials.Aggregate(TimeSpan.Zero, (sum, trial) => sum + Paid(trial, now)));

    private IEnumerable<SpendingTrial> Running => trials.Where(trial => trial.Time.End is null);

    private bool IsFirst => terms.MaxRuntime is null && !trials.Any(trial => trial.IsCompleted);

    /// <summary>Whether no trial may be started now: only one that can end within the budget may be.</summary>
    /// <param name="isReserved">True when a part of the budget is kept for confirming the best trials; the reason says so.</param>
    /// <returns>Null when one may; else why not.</returns>
    public Reason? WhyNotStart(bool isReserved = false)
    {
        if (WhyOver() is { } over) return over with { IsReserved = isReserved };
        if (budget.Usd is { } usd && Usd is null) return new Reason.PriceUnknown(usd, isReserved);
        if (IsFirst && Running.Count() >= terms.Parallel) return new Reason.CostUnknown(isReserved);
        return (Reason?)WhyNoTime(isReserved) ?? WhyNoMoney(isReserved);
    }

    /// <summary>Whether trials that still run must be stopped, since the budget is used up.</summary>
    /// <returns>Null when they may go on; else why not.</returns>
    public Reason.BudgetSpent? WhyOver()
    {
        if (budget.Time is { } time && Time >= time) return new Reason.BudgetSpent(time, null);
        return budget.Usd is { } usd && Usd >= usd ? new Reason.BudgetSpent(null, usd) : null;
    }

    private static TimeSpan Union(IEnumerable<Stretch> stretches, DateTimeOffset now)
    {
        var (sum, until) = (TimeSpan.Zero, DateTimeOffset.MinValue);
        foreach (var stretch in stretches.OrderBy(stretch => stretch.Begin))
        {
            var begin = stretch.Begin > until ? stretch.Begin : until;
            var end = stretch.Begin + stretch.Length(now);
            if (end <= begin) continue;
            sum += end - begin;
            until = end;
        }

        return sum;
    }

    private static TimeSpan Paid(SpendingTrial trial, DateTimeOffset now) =>
        trial.Runs.Aggregate(TimeSpan.Zero, (sum, run) => sum + run.Length(now));

    private static decimal? Price(SpendingTerms terms, TimeSpan time) => terms.UsdPerHour * time.Ticks / TimeSpan.TicksPerHour;

    private static TimeSpan Longest(IEnumerable<TimeSpan> times) => times.DefaultIfEmpty().Max();

    private IEnumerable<SpendingTrial> Telling() => trials.Where(trial => trial.IsCompleted || trial.Time.End is null);

    private Reason.TimeTooShort? WhyNoTime(bool isReserved)
    {
        if (budget.Time is not { } time) return null;
        var takes = terms.MaxRuntime ?? Longest(Telling().Select(trial => trial.Time.Length(now)));
        return takes > time - Time ? new Reason.TimeTooShort(time, time - Time, takes, isReserved) : null;
    }

    private Reason.MoneyTooShort? WhyNoMoney(bool isReserved)
    {
        if (budget.Usd is not { } budgeted || Usd is not { } spent) return null;
        var takes = terms.MaxRuntime * terms.Repeat ?? Longest(Telling().Select(trial => Paid(trial, now)));
        var costs = Price(terms, takes) ?? 0;
        // Those that run still have this to spend.
        var rest = Running.Sum(trial => Math.Max(0, costs - (Price(terms, Paid(trial, now)) ?? 0)));
        var left = budgeted - spent;
        return costs + rest > left ? new Reason.MoneyTooShort(budgeted, left, costs, rest, isReserved) : null;
    }
}
