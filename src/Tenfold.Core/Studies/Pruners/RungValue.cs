using Tenfold.Core.Runs;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>A trial's value at a rung.</summary>
/// <param name="Rung">The rung's step.</param>
/// <param name="Value">The mean of its runs' values there; NaN when one of them is not finite.</param>
/// <param name="Best">The mean of its runs' best values up to there; NaN when <paramref name="Value"/> is.</param>
public sealed record RungValue(long Rung, double Value, double Best);

/// <summary>How far a trial has come.</summary>
/// <param name="Number">The trial.</param>
/// <param name="Runs">Its runs, including those that have not started.</param>
public sealed record TrialProgress(int Number, IReadOnlyList<RunProgress> Runs)
{
    /// <summary>True when all of its runs have ended.</summary>
    public bool HasEnded => Runs.All(run => run.HasEnded);
}

/// <summary>How far a run has come.</summary>
/// <param name="Series">
/// Its values of the deciding metric in the order of printing, possibly thinned: <see cref="MetricSummary.Series"/>.
/// </param>
/// <param name="HasEnded">True when no more values will come.</param>
public sealed record RunProgress(IReadOnlyList<MetricPoint> Series, bool HasEnded);
