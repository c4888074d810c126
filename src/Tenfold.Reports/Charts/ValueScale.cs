using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Charts;

/// <summary>The scale of a study's values: it shows the better ones well, even when a few are hopeless.</summary>
/// <param name="Axis">The scale.</param>
/// <param name="Beyond">How many values are worse than it shows; they are drawn at its end.</param>
public sealed record ValueScale(Axis Axis, int Beyond)
{
    private const double LogFrom = 30;
    private const double MostSpans = 3;

    /// <summary>Makes a scale.</summary>
    /// <param name="ranked">The values, the best first; may be empty.</param>
    /// <param name="goal">Which way is better.</param>
    /// <param name="also">Values that must be on it, such as what the model expects.</param>
    public static ValueScale Of(IReadOnlyList<double> ranked, MetricGoal goal, params IReadOnlyList<double> also)
    {
        if (ranked.Count == 0) return new(Axis.Linear(0, 1, 4), 0);
        var (best, worst) = (ranked[0], ranked[^1]);
        if (goal == MetricGoal.Minimize && best > 0 && worst / best > LogFrom && also.All(value => value > 0))
            return new(Axis.Log(also.Append(best).Min(), also.Append(worst).Max()), 0);

        // Three quarters of the trials in at least the upper third of the picture; halves, since a difference may be beyond a double.
        var span = (best / 2) - (ranked[(ranked.Count - 1) * 3 / 4] / 2);
        var limit = best - (2 * MostSpans * span);
        var isCut = span != 0 && double.IsFinite(limit) && (goal == MetricGoal.Maximize ? worst < limit : worst > limit);
        if (isCut) worst = limit;
        double[] ends = [best, worst, .. also];
        return new(Axis.Linear(ends.Min(), ends.Max(), 4), isCut
            ? ranked.Count(value => goal == MetricGoal.Maximize ? value < limit : value > limit) : 0);
    }
}
