using System.Collections.Concurrent;
using Tenfold.App.Sweeping;
using Tenfold.Core.Ledger;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.App.Watching;

/// <summary>Reads how studies stand, for users who watch what a server drives. It starts nothing.</summary>
/// <param name="services">The services of this home.</param>
public sealed class StudyReader(Services services)
{
    private const int MostBoards = 200;

    private readonly ConcurrentDictionary<string, Leaderboard> _boards = new();

    /// <summary>Reads a study.</summary>
    /// <exception cref="LedgerException">The ledger can't be read.</exception>
    public async Task<StudySnapshot> ReadAsync(StudyRecord study, CancellationToken cancellationToken)
    {
        // Nobody drives a cancelled study, so the outcomes of the trials that are ending are recorded here.
        if (study is { State: StudyState.Cancelled, Spec.Work: not null })
            await StudyDrivers.Create(services, study).RecordOutcomesAsync(cancellationToken);
        var trials = await services.Studies.ListTrialsAsync(study.Id, cancellationToken);
        var running = await StudyDriver.ReadRunningAsync(services.Ledger, trials, cancellationToken);
        var confirming = study.State == StudyState.Running ? new Dictionary<int, IReadOnlyList<RunWithMetrics>>()
            : await StudyDriver.ReadConfirmationsAsync(services.Ledger, services.Studies, study.Id, cancellationToken);
        return new StudySnapshot(new StudyRoundResult(study, trials, running, confirming, study.Reason), Rank(study, trials));
    }

    private IReadOnlyList<Finalist> Rank(StudyRecord study, IReadOnlyList<TrialRecord> trials)
    {
        // What is forgotten is computed again.
        if (_boards.Count > MostBoards) _boards.Clear();
        var board = _boards.GetOrAdd(study.Id, _ => new Leaderboard());
        lock (board)
        {
            return board.Of(trials, () =>
            {
                var space = new SearchSpace(SpaceJson.Read(study.Spec.Space));
                return Finalists.Of(new StudyHistory(study.Spec, space), space, trials, Leaderboard.Rows);
            });
        }
    }
}
