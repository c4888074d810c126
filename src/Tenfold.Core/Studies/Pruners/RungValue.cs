using Tenfold.Core.Runs;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>What a trial has at a rung.</summary>
/// <param name="Rung">The rung's step.</param>
/// <param name="Value">Its value there, of several runs the mean; NaN when one of them is not finite.</param>
/// <param name="Best">The best it has had up to there, of several runs the mean of each one's best; NaN when the value is.</param>
public sealed record RungValue(long Rung, double Value, double Best);

/// <summary>How far a trial has come.</summary>
/// <param name="Number">The trial.</param>
/// <param name="Runs">Its runs, also those that wait.</param>
public sealed record TrialProgress(int Number, IReadOnlyList<RunProgress> Runs)
{
    /// <summary>True when nothing of it runs or will.</summary>
    public bool HasEnded => Runs.All(run => run.HasEnded);
}

/// <summary>How far a run has come.</summary>
/// <param name="Series">
/// What it has printed of the metric that decides, in the order of printing, perhaps thinned: <see cref="MetricSummary.Series"/>.
/// </param>
/// <param name="HasEnded">True when no more will come.</param>
public sealed record RunProgress(IReadOnlyList<MetricPoint> Series, bool HasEnded);
