using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Objectives;

namespace Tenfold.Core.Studies;

/// <summary>The Pareto front of a study with several objectives: the completed trials that no other beats in every objective.</summary>
public static class StudyFront
{
    /// <summary>The trials on the front, the best by the first objective first.</summary>
    /// <param name="spec">The study's specification.</param>
    /// <param name="trials">The study's trials. Those that failed, or broke a constraint, don't count.</param>
    /// <returns>The trials; empty in a study where one metric decides.</returns>
    /// <remarks>A trial beats another when its means are at least as good in every objective, and better in one.</remarks>
    public static IReadOnlyList<TrialRecord> Of(StudySpec spec, IReadOnlyList<TrialRecord> trials)
    {
        if (!spec.HasFront) return [];
        var completed = trials.Where(trial => trial.State == TrialState.Completed).ToList();
        var scores = completed.ConvertAll(trial => Scores(spec, trial.Values, trial.Others));
        return [.. ParetoFront.Of(scores).OrderByDescending(i => scores[i][0]).ThenBy(i => completed[i].Number).Select(i => completed[i])];
    }

    /// <summary>The mean of each metric of a study, larger is better.</summary>
    internal static double[] Scores(StudySpec spec, IReadOnlyList<double> values, IReadOnlyList<IReadOnlyList<double>> others) =>
        [.. others.Prepend(values).Zip(spec.Metrics, (one, metric) => metric.Goal == MetricGoal.Maximize ? one.Average() : -one.Average())];
}
