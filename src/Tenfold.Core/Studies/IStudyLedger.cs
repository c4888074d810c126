using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Studies;

/// <summary>The part of the ledger that records studies and their trials. Each call is one transaction.</summary>
public interface IStudyLedger
{
    /// <summary>Records a study.</summary>
    Task AddStudyAsync(StudyRecord study, CancellationToken cancellationToken);

    /// <summary>A study; null when none has that name.</summary>
    Task<StudyRecord?> FindStudyAsync(string id, CancellationToken cancellationToken);

    /// <summary>A study that the user of this home asked for, by the tag in its record; null for any other study.</summary>
    Task<StudyRecord?> FindOwnStudyAsync(string id, CancellationToken cancellationToken);

    /// <summary>Signs a study, so that it becomes this home's own and can be continued from here; writes an event.</summary>
    /// <returns>False when it is this home's own already, or doesn't exist.</returns>
    Task<bool> AdoptStudyAsync(string study, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The newest studies, newest first.</summary>
    Task<IReadOnlyList<StudyRecord>> ListStudiesAsync(int limit, CancellationToken cancellationToken);

    /// <summary>The ids of the studies that are running or confirming, oldest first.</summary>
    Task<IReadOnlyList<string>> ListOpenStudiesAsync(CancellationToken cancellationToken);

    /// <summary>Changes a study's state, unless the state is final already; writes an event.</summary>
    /// <returns>
    /// False, with nothing changed, when the study's state is final, when it has the given state already, or when it is to be finished
    /// while one of its trials is running.
    /// </returns>
    Task<bool> ChangeStudyAsync(string id, StudyState state, Reason? reason, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Lets a study of this home have more trials, and opens it again when it had finished. It goes on even when its first trials failed
    /// alike. Signs the study anew, and writes an event.
    /// </summary>
    /// <param name="study">The study.</param>
    /// <param name="trials">How many points it tries in all.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>
    /// False, with nothing changed, when another home recorded the study, when it was cancelled, or when it has begun to confirm its best
    /// trials.
    /// </returns>
    Task<bool> ExtendStudyAsync(string study, int trials, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Records the groups in which a study's best trials are run again, and changes the study from running to confirming.
    /// </summary>
    /// <param name="study">The study.</param>
    /// <param name="groups">The groups with their runs; <see cref="RunNames.Confirmation"/> names the groups.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False, with nothing recorded, when the study isn't running (another process changed its state), or when one of its trials
    /// is.</returns>
    Task<bool> AddConfirmationsAsync(
        string study, IReadOnlyList<PlannedGroup> groups, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Records the runs that measure a study's winner after it was chosen; writes an event.</summary>
    /// <param name="study">The study.</param>
    /// <param name="winner">The winner's further runs; null for none.</param>
    /// <param name="baseline">The group of the baseline; null for none.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False, with nothing recorded, when the study isn't confirming, or when another process has recorded such runs.</returns>
    Task<bool> AddMeasuringRunsAsync(
        string study, AddedRuns? winner, PlannedGroup? baseline, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The groups that confirm a study's best trials, in the order in which they were recorded.</summary>
    Task<IReadOnlyList<GroupRecord>> ListConfirmationsAsync(string study, CancellationToken cancellationToken);

    /// <summary>The runs of a study's trials and confirmations, oldest first.</summary>
    Task<IReadOnlyList<RunRecord>> ListStudyRunsAsync(string study, CancellationToken cancellationToken);

    /// <summary>Every trial of a study, ordered by number.</summary>
    Task<IReadOnlyList<TrialRecord>> ListTrialsAsync(string study, CancellationToken cancellationToken);

    /// <summary>
    /// Records a new trial, with its group and runs if Tenfold runs it. The trial is recorded before anything is started; writes an event.
    /// </summary>
    /// <param name="trial">The trial, in the running state; its number is one more than that of the study's last trial.</param>
    /// <param name="group">Its group, named by <see cref="RunNames.Trial"/>; null when the caller of <c>ask</c> runs the trial.</param>
    /// <param name="runs">The group's runs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False, with nothing recorded, when the number is taken or the study no longer runs. Another process was faster: read the
    /// trials again.</returns>
    Task<bool> AddTrialAsync(TrialRecord trial, GroupRecord? group, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken);

    /// <summary>
    /// Records the outcome of a running trial, or of one whose lease has ended; or replaces the outcome by a correction. Writes an event.
    /// </summary>
    /// <returns>
    /// False, with nothing changed, when the trial doesn't exist, when it has an outcome already and this is no correction of it, or when
    /// a correction says what is recorded.
    /// </returns>
    /// <exception cref="ArgumentException">The state is not final, or a value is not finite.</exception>
    Task<bool> TellAsync(TrialTell tell, CancellationToken cancellationToken);

    /// <summary>Renews the lease of a running trial, counted from now; writes no event.</summary>
    /// <param name="study">The study.</param>
    /// <param name="number">The trial.</param>
    /// <param name="lease">How long the lease lasts; null for as long as before.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False, with nothing changed, when the trial isn't running, or when it has no lease and none is given.</returns>
    Task<bool> TouchTrialAsync(string study, int number, TimeSpan? lease, CancellationToken cancellationToken);

    /// <summary>Records that the running trials whose leases have ended are lost; writes an event for each.</summary>
    /// <returns>Their numbers.</returns>
    Task<IReadOnlyList<int>> LoseExpiredTrialsAsync(string study, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Records a value that a running trial has reached, and renews its lease. The first value of a step stands.
    /// </summary>
    /// <returns>False, with nothing changed, when the trial isn't running or doesn't exist.</returns>
    Task<bool> ReportAsync(string study, ReportedValue value, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The values that a study's trials have reported, ordered by trial and step.</summary>
    Task<IReadOnlyList<ReportedValue>> ListReportsAsync(string study, CancellationToken cancellationToken);

    /// <summary>
    /// Records rungs that trials have reached. Rungs that are recorded already are ignored, as are rungs of unknown trials.
    /// </summary>
    Task AddRungsAsync(string study, IReadOnlyList<RungRecord> rungs, CancellationToken cancellationToken);

    /// <summary>The rungs that a study's trials have reached, ordered by trial and rung.</summary>
    Task<IReadOnlyList<RungRecord>> ListRungsAsync(string study, CancellationToken cancellationToken);
}

/// <summary>A group and its runs, to be recorded together.</summary>
/// <param name="Group">The group.</param>
/// <param name="Runs">Its runs.</param>
public sealed record PlannedGroup(GroupRecord Group, IReadOnlyList<RunRecord> Runs);
