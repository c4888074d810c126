using Tenfold.App.Watching;
using Tenfold.Core.Ledger;
using Tenfold.Core.Studies;

namespace Tenfold.App.Views;

#pragma warning disable MA0048

/// <summary>How a study stands, for users who watch what a server drives.</summary>
/// <param name="Study">The study.</param>
/// <param name="Trials">Its trials, by number.</param>
/// <param name="Best">The best trials so far, best first; at most five. They are computed again only after several new results.</param>
/// <param name="Running">The runs of the running trials.</param>
/// <param name="Confirming">The runs with fresh seeds, in the order in which the trials were chosen; trial 0 is the baseline.</param>
/// <param name="Faults">Why this may not be the latest, in sentences.</param>
public sealed record StudyProgressView(
    StudyView Study, IReadOnlyList<TrialView> Trials, IReadOnlyList<BestView> Best, IReadOnlyList<TrialRunsView> Running,
    IReadOnlyList<TrialRunsView> Confirming, IReadOnlyList<string> Faults)
{
    /// <summary>The view of a snapshot.</summary>
    public static StudyProgressView Of(StudySnapshot snapshot, IReadOnlyList<string> faults)
    {
        var round = snapshot.Round;
        return new(
            StudyView.Of(round.Study), [.. round.Trials.Select(TrialView.Of)], [.. snapshot.Leaders.Select(BestView.Of)],
            RunsOf(round.Study, round.Running), RunsOf(round.Study, round.Confirmations), faults);
    }

    private static IReadOnlyList<TrialRunsView> RunsOf(StudyRecord study, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> runs) =>
        [.. runs.Select(trial => new TrialRunsView(trial.Key, [.. trial.Value.Select(run => RunView.Of(run, study))]))];
}

/// <summary>The runs of a trial.</summary>
public sealed record TrialRunsView(int Trial, IReadOnlyList<RunView> Runs);
