using Tenfold.Core.Costs;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Studies;

/// <summary>What a study may still do within its budget. A part of the budget is reserved if the best trials are to be confirmed.</summary>
/// <param name="study">The study.</param>
/// <param name="budget">What the study may spend.</param>
/// <param name="usdPerHour">What a machine of the target costs; null when unknown.</param>
public sealed class StudyBudget(StudyRecord study, Budget budget, decimal? usdPerHour)
{
    /// <summary>Why no further trial may be started now.</summary>
    /// <param name="trials">Every trial so far.</param>
    /// <param name="runs">Their runs.</param>
    /// <param name="now">The current time.</param>
    /// <returns>Null when a trial may be started.</returns>
    public Reason? WhyNotStart(IReadOnlyList<TrialRecord> trials, IReadOnlyList<RunRecord> runs, DateTimeOffset now) =>
        Usage(WithoutReserve(trials), trials, runs, now).WhyNotStart(isReserved: study.Spec.Confirm is not null);

    /// <summary>Why running trials and confirmations must be stopped.</summary>
    /// <returns>Null when they may continue.</returns>
    public Reason? WhyOver(IReadOnlyList<TrialRecord> trials, IReadOnlyList<RunRecord> runs, DateTimeOffset now) =>
        Usage(budget, trials, runs, now).WhyOver();

    // Reserves time for each finalist's fresh runs, each as long as the longest run so far; as many run at once as trials do.
    private Budget WithoutReserve(IReadOnlyList<TrialRecord> trials)
    {
        var longest = study.Spec.Work?.Resources.MaxRuntime
            ?? trials.Where(trial => trial is { State: TrialState.Completed or TrialState.Infeasible, EndedAt: not null })
                .Select(trial => (trial.EndedAt!.Value - trial.AskedAt) / study.Spec.Repeat).DefaultIfEmpty().Max();
        if (study.Spec.Confirm is null || longest <= TimeSpan.Zero) return budget;
        var (choosing, measuring) = ConfirmationPlan.CountRuns(study.Spec);
        var time = longest * (Rounds(choosing) + Rounds(measuring));
        var usd = CostMath.Cost(usdPerHour ?? 0, longest, choosing + measuring);
        return new Budget(budget.Time - (time < budget.Time ? time : budget.Time), budget.Usd - (usd < budget.Usd ? usd : budget.Usd));
    }

    private double Rounds(int runs) => Math.Ceiling((double)runs / study.Spec.Parallel);

    private BudgetUsage Usage(Budget available, IReadOnlyList<TrialRecord> trials, IReadOnlyList<RunRecord> runs, DateTimeOffset now)
    {
        var ofGroup = runs.Where(run => run.StartedAt is not null)
            .ToLookup(run => run.Group, run => new TimeInterval(run.StartedAt!.Value, run.EndedAt));
        List<TrialUsage> spent =
        [
            .. trials.Where(trial => trial.Group is not null).Select(trial => new TrialUsage(
                new TimeInterval(trial.AskedAt, trial.EndedAt), [.. ofGroup[trial.Group!]],
                trial.State is TrialState.Completed or TrialState.Infeasible)),
            // Confirmation runs cost time and money too. They belong to no trial's time, so each counts by itself.
            .. ofGroup.Where(group => RunNames.TrialOf(group.Key) is { } number && group.Key == RunNames.Confirmation(study.Id, number))
                .SelectMany(group => group).Select(run => new TrialUsage(run, [run], IsCompleted: false)),
        ];
        var terms = new TrialTerms(study.Spec.Parallel, study.Spec.Repeat, study.Spec.Work?.Resources.MaxRuntime, usdPerHour);
        return new BudgetUsage(available, spent, terms, now);
    }
}
