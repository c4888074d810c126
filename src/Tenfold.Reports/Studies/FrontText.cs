using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>The words about a study's Pareto front.</summary>
public static class FrontText
{
    /// <summary>The objectives, each with the direction in which it is better.</summary>
    public static string Objectives(StudySpec spec) => string.Join(", ", spec.Objectives.Select(objective =>
        $"{objective.Name} ({(objective.Goal == MetricGoal.Maximize ? "more" : "less")} is better)"));

    /// <summary>A trial's objectives on one line, such as <c>accuracy 0.93, latency_ms 12.5</c>.</summary>
    public static string Values(StudySpec spec, TrialRecord trial) =>
        string.Join(", ", spec.Metrics.Zip(trial.Means, (metric, value) => $"{metric.Name} {Numbers.Format(value)}"));

    /// <summary>How many trials are on the front, and what that means.</summary>
    /// <param name="front">The trials on the front; at least one.</param>
    /// <param name="trials">The study's trials.</param>
    public static string Sentence(IReadOnlyList<TrialRecord> front, IReadOnlyList<TrialRecord> trials)
    {
        var completed = trials.Count(trial => trial.State == TrialState.Completed);
        var are = front.Count == 1 ? "is" : "are";
        return $"{front.Count} of {Numbers.Count(completed, "completed trial")} {are} on the front: no other trial is as good in every " +
            "objective and better in one.";
    }

    /// <summary>Says that the front is too good, and how to measure its points.</summary>
    public const string Caution = "Lucky runs get onto the front, so expect less of fresh runs than the values here. Before you choose a "
        + "point, repeat its settings: tenfold fit --repeat 10 -p NAME=VALUE";

    /// <summary>Says which of the points that were run again stay on the front.</summary>
    public static string ConfirmedSentence(FrontConfirmation confirmed)
    {
        if (confirmed.Points.All(point => point.Objectives.Count == 0)) return "No fresh run gave a value of each objective.";
        var beaten = confirmed.Points.Where(point => point is { IsOnFront: false, Broken: null, Objectives.Count: > 0 })
            .Select(point => $"t{point.Trial.Number}").ToList();
        var stay = $"{confirmed.Points.Count(point => point.IsOnFront)} of {Numbers.Count(confirmed.Points.Count, "point")} stay on the "
            + "front by the means of the fresh runs";
        return beaten.Count == 0 ? $"{stay}." : $"{stay}; another point beats {string.Join(", ", beaten)}.";
    }

    /// <summary>Says that a point is not on the front because of a constraint.</summary>
    /// <param name="name">The trial's name.</param>
    /// <param name="why">The constraint that it breaks, in words.</param>
    public static string BrokenSentence(string name, string why) =>
        $"{name} breaks a constraint with fresh seeds, so it is not on the front: {why}.";
}
