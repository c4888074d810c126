using Tenfold.Core.Reasons;

namespace Tenfold.Core.Studies;

/// <summary>
/// Notices that the first trials of a study all failed alike. Then the script is likely at fault, and further trials would only cost money.
/// </summary>
public static class FirstFailures
{
    /// <summary>How many trials must have failed, and none have ended in another way.</summary>
    public const int Fewest = 5;

    /// <summary>Why the study should start no more trials; null when it should.</summary>
    /// <param name="spec">The study's specification.</param>
    /// <param name="trials">Every trial so far.</param>
    public static Reason.FirstTrialsFailed? Of(StudySpec spec, IReadOnlyList<TrialRecord> trials)
    {
        if (spec.ToleratesFailures || trials.Count < Fewest) return null;
        // A trial that was lost or cancelled says nothing about the script.
        var told = trials.Where(trial => trial.State is not (TrialState.Running or TrialState.Lost or TrialState.Cancelled)).ToList();
        if (told.Count < Fewest || told[0].Why is not { } first) return null;
        var isAlike = told.TrueForAll(trial => trial.State == TrialState.Failed && IsAlike(trial.Why, first));
        return isAlike ? new Reason.FirstTrialsFailed(told.Count, first) : null;
    }

    private static bool IsAlike(Reason? one, Reason other) => one?.Code == other.Code && ExitOf(one) == ExitOf(other);

    private static int? ExitOf(Reason reason) => (reason as Reason.Exited)?.ExitCode;
}
