using Tenfold.Core.Studies;

namespace Tenfold.App.Watching;

/// <summary>
/// The best trials of a study that is watched. Fitting the model takes time, so it happens only after new results, and less often the
/// larger the study is.
/// </summary>
internal sealed class Leaderboard
{
    /// <summary>How many trials a watch shows.</summary>
    public const int Rows = 5;

    private IReadOnlyList<Finalist> _leaders = [];
    private int _ranked;

    /// <summary>The best trials; those of a moment ago when few trials have completed since.</summary>
    /// <param name="trials">The study's trials.</param>
    /// <param name="rank">Ranks them.</param>
    public IReadOnlyList<Finalist> Of(IReadOnlyList<TrialRecord> trials, Func<IReadOnlyList<Finalist>> rank)
    {
        var completed = trials.Count(trial => trial.State == TrialState.Completed);
        if (completed >= Math.Max(_ranked + 1, _ranked * 11 / 10)) (_ranked, _leaders) = (completed, rank());
        return _leaders;
    }
}
