using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Studies;

/// <summary>Warnings of runs that concern the values of a study's trials.</summary>
public static class TrialWarnings
{
    /// <summary>
    /// The numbers of trials that have a value, and whose runs printed metric lines that could not be read: the last value may be an older
    /// one. In ascending order; 0 is the baseline of a confirmation.
    /// </summary>
    /// <param name="trials">The trials of the study.</param>
    /// <param name="runs">Their runs, with those of the confirmation.</param>
    public static IReadOnlyList<int> LinesUnread(IReadOnlyList<TrialRecord> trials, IEnumerable<RunRecord> runs)
    {
        var valued = trials.Where(trial => trial.Value is not null).Select(trial => trial.Number)
            .Append(ConfirmationPlan.Baseline).ToHashSet();
        return
        [
            .. runs.Where(run => run.State == RunState.Succeeded && run.Warnings.Any(warning => warning is Warning.MetricsNotUnderstood))
                .Select(run => RunNames.TrialOf(run.Group)).OfType<int>().Where(valued.Contains).Distinct().Order(),
        ];
    }
}
