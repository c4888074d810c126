using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Studies;

/// <summary>What a study may still do within its budget. Where its best are to be run again, what that takes is kept back.</summary>
/// <param name="study">The study.</param>
/// <param name="budget">What it may spend.</param>
/// <param name="usdPerHour">What a machine of its target costs; null when not known.</param>
public sealed class StudyBudget(StudyRecord study, Budget budget, decimal? usdPerHour)
{
    /// <summary>Whether no trial may be started now.</summary>
    /// <param name="trials">Every trial so far.</param>
    /// <param name="runs">Their runs.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Null when one may; else why not.</returns>
    public Reason? WhyNotStart(IReadOnlyList<TrialRecord> trials, IReadOnlyList<RunRecord> runs, DateTimeOffset now) =>
        Spending(Left(trials), trials, runs, now).WhyNotStart(isReserved: study.Spec.Confirm is not null);

    /// <summary>Whether what still runs must be stopped.</summary>
    /// <returns>Null when it may go on; else why not.</returns>
    public Reason? WhyOver(IReadOnlyList<TrialRecord> trials, IReadOnlyList<RunRecord> runs, DateTimeOffset now) =>
        Spending(budget, trials, runs, now).WhyOver();

    // Each finalist's fresh runs take as long as its trial's did; with as many at once as trials are.
    private Budget Left(IReadOnlyList<TrialRecord> trials)
    {
        var longest = study.Spec.Work?.Resources.MaxRuntime
            ?? trials.Where(trial => trial is { State: TrialState.Completed, EndedAt: not null })
                .Select(trial => (trial.EndedAt!.Value - trial.AskedAt) / study.Spec.Repeat).DefaultIfEmpty().Max();
        if (study.Spec.Confirm is not { } confirm || longest <= TimeSpan.Zero) return budget;
        var runs = confirm.Top * confirm.Repeat;
        var (time, usd) =
            (longest * Math.Ceiling((double)runs / study.Spec.Parallel), (usdPerHour ?? 0) * longest.Ticks * runs / TimeSpan.TicksPerHour);
        return new Budget(budget.Time - (time < budget.Time ? time : budget.Time), budget.Usd - (usd < budget.Usd ? usd : budget.Usd));
    }

    private Spending Spending(Budget left, IReadOnlyList<TrialRecord> trials, IReadOnlyList<RunRecord> runs, DateTimeOffset now)
    {
        var ofGroup = runs.Where(run => run.StartedAt is not null)
            .ToLookup(run => run.Group, run => new Stretch(run.StartedAt!.Value, run.EndedAt));
        List<SpendingTrial> spent =
        [
            .. trials.Where(trial => trial.Group is not null).Select(trial => new SpendingTrial(
                new Stretch(trial.AskedAt, trial.EndedAt), [.. ofGroup[trial.Group!]], trial.State == TrialState.Completed)),
            // The fresh runs of the best are paid for as well; each shows by itself when it ran.
            .. ofGroup.Where(group => RunNames.TrialOf(group.Key) is { } number && group.Key == RunNames.Confirmation(study.Id, number))
                .SelectMany(group => group).Select(run => new SpendingTrial(run, [run], IsCompleted: false)),
        ];
        return new Spending(
            left, spent, new SpendingTerms(study.Spec.Parallel, study.Spec.Repeat, study.Spec.Work?.Resources.MaxRuntime, usdPerHour), now);
    }
}
