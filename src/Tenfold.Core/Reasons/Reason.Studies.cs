namespace Tenfold.Core.Reasons;

/// <content>Why a trial or a study has ended, or why a study starts no trial.</content>
public abstract partial record Reason
{
    /// <summary>The study's pruning rule ended the trial early.</summary>
    public abstract record Pruned : Reason
    {
        private protected Pruned(string code)
            : base(code)
        {
        }
    }

    /// <summary>The trial was not among the best at its rung (successive halving).</summary>
    /// <param name="Step">The rung's step.</param>
    /// <param name="Value">The trial's value at the rung, in the metric's unit.</param>
    /// <param name="Bound">The worst value that was good enough; null when it is not a number.</param>
    /// <param name="Factor">η: one trial in η continues.</param>
    /// <param name="Count">How many trials had reached the rung, the trial itself included.</param>
    public sealed record PrunedByRank(long Step, double Value, double? Bound, int Factor, int Count) : Pruned("pruned-by-rank");

    /// <summary>The trial was worse than the median of the others at its rung.</summary>
    /// <param name="Step">The rung's step.</param>
    /// <param name="Value">The trial's value at the rung, in the metric's unit.</param>
    /// <param name="Bound">The median; null when it is not a number.</param>
    /// <param name="Others">How many other trials had reached the rung.</param>
    public sealed record PrunedByMedian(long Step, double Value, double? Bound, int Others) : Pruned("pruned-by-median");

    /// <summary>The completed trials show that the trial would hardly have ended as the best one.</summary>
    /// <param name="Step">The rung's step.</param>
    /// <param name="Value">The trial's value at the rung, in the metric's unit.</param>
    public sealed record PrunedByForecast(long Step, double Value) : Pruned("pruned-by-forecast");

    /// <summary>The process that runs the trial ended it early, by a rule of its own.</summary>
    public sealed record PrunedByWorker() : Pruned("pruned-by-worker");

    /// <summary>A completed trial has runs that don't count.</summary>
    /// <param name="Runs">How many runs don't count.</param>
    /// <param name="Of">How many runs the trial has.</param>
    /// <param name="First">Why the first of them does not count; null when nothing is known of it.</param>
    public sealed record RunsNotCounted(int Runs, int Of, Reason? First) : Reason("runs-not-counted");

    /// <summary>The run succeeded, and its metric ended as NaN or infinite.</summary>
    /// <param name="Metric">The metric that decides.</param>
    /// <param name="Value">Its last value.</param>
    public sealed record MetricNotFinite(string Metric, double Value) : Reason("metric-not-finite");

    /// <summary>The run succeeded, and never printed its metric.</summary>
    /// <param name="Metric">The metric that decides.</param>
    public sealed record MetricMissing(string Metric) : Reason("metric-missing");

    /// <summary>The trial has a value, and breaks a constraint of its study.</summary>
    /// <param name="Metric">The metric that the constraint limits.</param>
    /// <param name="Value">Its mean over the trial's runs; may be infinite.</param>
    /// <param name="Limit">The limit.</param>
    /// <param name="IsUpper">True for an upper limit.</param>
    public sealed record ConstraintBroken(string Metric, double Value, double Limit, bool IsUpper) : Reason("constraint-broken");

    /// <summary>The process that runs the trial reported that its machine was reclaimed.</summary>
    public sealed record TrialLost() : Reason("trial-lost");

    /// <summary>The process that runs the trial gave no sign of life for as long as its lease.</summary>
    public sealed record TrialLeaseEnded() : Reason("trial-lease-ended");

    /// <summary>The study has asked as many trials as were planned.</summary>
    /// <param name="Trials">How many were planned.</param>
    public sealed record AllTrialsAsked(int Trials) : Reason("all-trials-asked");

    /// <summary>The study has asked every point of its space.</summary>
    public sealed record SpaceExhausted() : Reason("space-exhausted");

    /// <summary>The first trials all failed for the same reason, so the script is likely at fault, and not the settings.</summary>
    /// <param name="Trials">How many failed.</param>
    /// <param name="First">Why the first of them failed.</param>
    public sealed record FirstTrialsFailed(int Trials, Reason First) : Reason("first-trials-failed");

    /// <summary>The study has spent its budget.</summary>
    /// <param name="Time">The budget's wall time; null when the money is spent.</param>
    /// <param name="Usd">The budget in US dollars; null when the time is spent.</param>
    /// <param name="IsReserved">True when the rest is kept for confirming the best trials.</param>
    public sealed record BudgetSpent(TimeSpan? Time, decimal? Usd, bool IsReserved = false) : Reason("budget-spent");

    /// <summary>The budget is in US dollars, and the price of the target's machines is not known.</summary>
    /// <param name="Usd">The budget in US dollars.</param>
    /// <param name="IsReserved">True when a part of the budget is kept for confirming the best trials.</param>
    public sealed record PriceUnknown(decimal Usd, bool IsReserved = false) : Reason("price-unknown");

    /// <summary>No trial has completed yet, so it is not known how much of the budget a trial needs.</summary>
    /// <param name="IsReserved">True when a part of the budget is kept for confirming the best trials.</param>
    public sealed record CostUnknown(bool IsReserved = false) : Reason("cost-unknown");

    /// <summary>The time that is left of the budget is too short for another trial.</summary>
    /// <param name="Time">The budget's wall time.</param>
    /// <param name="Left">How much of it is left.</param>
    /// <param name="Needed">How long a trial may take.</param>
    /// <param name="IsReserved">True when a part of the budget is kept for confirming the best trials.</param>
    public sealed record TimeTooShort(TimeSpan Time, TimeSpan Left, TimeSpan Needed, bool IsReserved = false) : Reason("time-too-short");

    /// <summary>The money that is left of the budget is not enough for another trial.</summary>
    /// <param name="Usd">The budget in US dollars.</param>
    /// <param name="Left">How much of it is left.</param>
    /// <param name="Needed">What a trial may cost.</param>
    /// <param name="Committed">What the running trials may still cost.</param>
    /// <param name="IsReserved">True when a part of the budget is kept for confirming the best trials.</param>
    public sealed record MoneyTooShort(decimal Usd, decimal Left, decimal Needed, decimal Committed, bool IsReserved = false)
        : Reason("money-too-short");

    /// <summary>Fresh runs confirmed a trial as the study's best.</summary>
    /// <param name="Trial">The trial's number.</param>
    public sealed record BestConfirmed(int Trial) : Reason("best-confirmed");

    /// <summary>Points of a study's Pareto front were run again with fresh seeds.</summary>
    /// <param name="OnFront">How many of them no other of them beats by the fresh means.</param>
    /// <param name="Points">How many points were run again.</param>
    public sealed record FrontConfirmed(int OnFront, int Points) : Reason("front-confirmed");

    /// <summary>No run of the confirmation counts, so no trial is confirmed as the best.</summary>
    public sealed record NothingConfirmed() : Reason("nothing-confirmed");
}
