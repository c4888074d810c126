using System.Globalization;

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
    /// <returns>Null when one may; else why not, in a sentence.</returns>
    public string? WhyNotStart()
    {
        if (WhyOver() is { } over) return over;
        if (budget.Usd is { } usd && Usd is null) return $"the budget is {Words(usd)}, but what the target costs is not known";
        if (IsFirst && Running.Count() >= terms.Parallel)
            return "no trial has completed yet, so nobody knows what one takes of the budget: the first ones are waited for";
        return WhyNoTime() ?? WhyNoMoney();
    }

    /// <summary>Whether trials that still run must be stopped, since the budget is used up.</summary>
    /// <returns>Null when they may go on; else why not, in a sentence.</returns>
    public string? WhyOver()
    {
        if (budget.Time is { } time && Time >= time) return $"the budget of {Words(time)} is used up";
        return budget.Usd is { } usd && Usd >= usd ? $"the budget of {Words(usd)} is used up" : null;
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

    // What is left is rounded down and what is needed up, so that no sentence says that six do not fit in six.
    private static string Words(TimeSpan time, bool up = false)
    {
        long Whole(double number) => (long)(up ? Math.Ceiling(number) : Math.Floor(number));
        string Two(long whole, int part, string large, string small) =>
            whole % part == 0 ? $"{whole / part} {large}" : $"{whole / part} {large} {whole % part} {small}";
        if (Whole(time.TotalSeconds) < 120) return $"{Whole(time.TotalSeconds)} s";
        if (Whole(time.TotalMinutes) < 120) return $"{Whole(time.TotalMinutes)} min";
        return Whole(time.TotalHours) < 48 ? Two(Whole(time.TotalMinutes), 60, "h", "min") : Two(Whole(time.TotalHours), 24, "d", "h");
    }

    private static string Words(decimal usd, bool up = false)
    {
        var cents = (up ? Math.Ceiling(usd * 100) : Math.Floor(usd * 100)) / 100;
        return "$" + cents.ToString(cents == Math.Floor(cents) ? "0" : "0.00", CultureInfo.InvariantCulture);
    }

    private IEnumerable<SpendingTrial> Telling() => trials.Where(trial => trial.IsCompleted || trial.Time.End is null);

    private string? WhyNoTime()
    {
        if (budget.Time is not { } time) return null;
        var takes = terms.MaxRuntime ?? Longest(Telling().Select(trial => trial.Time.Length(now)));
        return takes > time - Time
            ? $"the budget of {Words(time)} has {Words(time - Time)} left, and a trial takes up to {Words(takes, up: true)}" : null;
    }

    private string? WhyNoMoney()
    {
        if (budget.Usd is not { } budgeted || Usd is not { } spent) return null;
        var takes = terms.MaxRuntime * terms.Repeat ?? Longest(Telling().Select(trial => Paid(trial, now)));
        var costs = Price(terms, takes) ?? 0;
        // Those that run still have this to spend.
        var rest = Running.Sum(trial => Math.Max(0, costs - (Price(terms, Paid(trial, now)) ?? 0)));
        var beside = rest > 0 ? $", beside {Words(rest, up: true)} for those that run" : "";
        var left = budgeted - spent;
        return costs + rest > left
            ? $"the budget of {Words(budgeted)} has {Words(left)} left, and a trial costs up to {Words(costs, up: true)}{beside}" : null;
    }
}
