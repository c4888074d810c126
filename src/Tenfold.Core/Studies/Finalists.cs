using Tenfold.Numerics.Tuning.Model;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Studies;

/// <summary>A study's best points: by what the model says of them rather than by their luckiest value.</summary>
public static class Finalists
{
    /// <summary>The best completed trials, best first, of each point the first one.</summary>
    /// <param name="history">The study's history.</param>
    /// <param name="space">Its space.</param>
    /// <param name="trials">Its trials.</param>
    /// <param name="top">How many at most.</param>
    /// <remarks>
    /// Ranked by the posterior mean of the surrogate at the trial's point; by the mean of the values measured there, where there are too
    /// few trials for a model.
    /// </remarks>
    public static IReadOnlyList<Finalist> Of(StudyHistory history, SearchSpace space, IReadOnlyList<TrialRecord> trials, int top)
    {
        var completed = trials.Where(trial => trial.State == TrialState.Completed).OrderBy(trial => trial.Number)
            .DistinctBy(trial => SearchSpace.Key(history.PointOf(trial))).ToList();
        var surrogate = Surrogate.Fit(space, history.Observations(trials));
        // The mean first, of all; what it takes to say how sure it is only of the best.
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

/// <summary>One of a study's best.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Mean">What the model expects of its point, in the metric's unit; without a model the mean of its own values.</param>
/// <param name="StandardDeviation">How sure the model is of that; null without a model.</param>
public sealed record Finalist(TrialRecord Trial, double Mean, double? StandardDeviation);
