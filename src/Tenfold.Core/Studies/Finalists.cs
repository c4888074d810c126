using Tenfold.Numerics.Tuning.Model;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Studies;

/// <summary>Ranks a study's points by what the model expects of them rather than by their luckiest value.</summary>
public static class Finalists
{
    /// <summary>The best completed trials, best first. Trials at the same point are represented by the earliest.</summary>
    /// <param name="history">The study's history. With several objectives no trial is the best, so there are no finalists.</param>
    /// <param name="space">The study's space.</param>
    /// <param name="trials">The study's trials.</param>
    /// <param name="top">The largest number of finalists.</param>
    /// <remarks>
    /// Ranked by the posterior mean of the surrogate at the trial's point, or by the trial's own mean value while there are too few trials
    /// for a model.
    /// </remarks>
    public static IReadOnlyList<Finalist> Of(StudyHistory history, SearchSpace space, IReadOnlyList<TrialRecord> trials, int top)
    {
        if (history.HasFront) return [];
        var completed = trials.Where(trial => trial.State == TrialState.Completed).OrderBy(trial => trial.Number)
            .DistinctBy(trial => SearchSpace.Key(history.PointOf(trial))).ToList();
        var surrogate = Surrogate.Fit(space, history.WithForecasts(trials));
        // Rank by the mean alone, which is cheap; the standard deviation is computed for the finalists only.
        return
        [
            .. completed.OrderByDescending(trial => surrogate?.Mean(history.PointOf(trial)) ?? history.InUnit(trial.Value!.Value))
                .ThenBy(trial => trial.Number)
                .Take(top).Select(trial => Predicted(surrogate, history, trial)),
        ];
    }

    private static Finalist Predicted(Surrogate? surrogate, StudyHistory history, TrialRecord trial)
    {
        if (surrogate is null) return new Finalist(trial, trial.Value!.Value, null);
        var (mean, deviation) = surrogate.Predict(history.PointOf(trial));
        return new Finalist(trial, history.InUnit(mean), deviation);
    }
}

/// <summary>One of a study's best trials.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Mean">What the model expects at its point, in the metric's unit; without a model, the mean of the trial's values.</param>
/// <param name="StandardDeviation">The model's uncertainty about that mean; null without a model.</param>
public sealed record Finalist(TrialRecord Trial, double Mean, double? StandardDeviation);
