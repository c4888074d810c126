using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Studies;

/// <summary>The part of the ledger that is about studies. Each call is one transaction.</summary>
public interface IStudyLedger
{
    /// <summary>Records a study.</summary>
    Task AddStudyAsync(StudyRecord study, CancellationToken cancellationToken);

    /// <summary>A study; null when there is none of that name.</summary>
    Task<StudyRecord?> StudyAsync(string id, CancellationToken cancellationToken);

    /// <summary>The newest studies, newest first.</summary>
    Task<IReadOnlyList<StudyRecord>> StudiesAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Changes a study's state, only from a state that is not final; writes an event.</summary>
    /// <returns>
    /// False when the study had come to a final state before, or has that state already, or is to be finished while a trial of it runs:
    /// nothing is changed.
    /// </returns>
    Task<bool> ChangeStudyAsync(string id, StudyState state, Reason? reason, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Records the groups in which a study's best are run again, and changes the study from running to confirming.</summary>
    /// <param name="study">The study.</param>
    /// <param name="groups">The groups, named by <see cref="RunNames.Confirmation"/>, with their runs.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False when the study does not run (somebody else did it, or it was cancelled), or a trial of it does: nothing is
    /// recorded.</returns>
    Task<bool> AddConfirmationsAsync(
        string study, IReadOnlyList<PlannedGroup> groups, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The groups in which a study's best are run again, as they were recorded.</summary>
    Task<IReadOnlyList<GroupRecord>> ConfirmationsOfAsync(string study, CancellationToken cancellationToken);

    /// <summary>The runs of a study's trials and confirmations, oldest first.</summary>
    Task<IReadOnlyList<RunRecord>> RunsOfStudyAsync(string study, CancellationToken cancellationToken);

    /// <summary>Every trial of a study, by number.</summary>
    Task<IReadOnlyList<TrialRecord>> TrialsOfAsync(string study, CancellationToken cancellationToken);

    /// <summary>
    /// Records an ask: the trial, with its group and runs when we run it. The intent, before anything is started; writes an event.
    /// </summary>
    /// <param name="trial">The trial, which runs from now on; its number is one more than that of the study's last trial.</param>
    /// <param name="group">Its group, of the name <see cref="RunNames.Trial"/>; null when somebody else runs it.</param>
    /// <param name="runs">The group's runs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False when that number is taken, or the study no longer runs: nothing is recorded. Somebody else asked; look
    /// again.</returns>
    Task<bool> AddTrialAsync(TrialRecord trial, GroupRecord? group, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken);

    /// <summary>Records a tell: only for a trial that runs; writes an event.</summary>
    /// <returns>False when the trial was told before, or there is none of that number: nothing is changed.</returns>
    /// <exception cref="ArgumentException">The state is not final, or a value not finite.</exception>
    Task<bool> TellAsync(TrialTell tell, CancellationToken cancellationToken);

    /// <summary>
    /// Records rungs that trials reached. A trial's rung is recorded once: later ones are passed over, as are those of no trial.
    /// </summary>
    Task AddRungsAsync(string study, IReadOnlyList<RungRecord> rungs, CancellationToken cancellationToken);

    /// <summary>The rungs of a study's trials, by trial and rung.</summary>
    Task<IReadOnlyList<RungRecord>> RungsOfAsync(string study, CancellationToken cancellationToken);
}

/// <summary>A group that is to be recorded.</summary>
/// <param name="Group">The group.</param>
/// <param name="Runs">Its runs.</param>
public sealed record PlannedGroup(GroupRecord Group, IReadOnlyList<RunRecord> Runs);
