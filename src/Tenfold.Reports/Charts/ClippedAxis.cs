using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Charts;

/// <summary>An axis for ranked values. It is clipped when a few very poor values would compress the better ones.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Beyond">How many values lie beyond the clipped end; they are drawn at that end.</param>
public sealed record ClippedAxis(ChartAxis Axis, int Beyond)
{
    private const double LogFrom = 30;
    private const double MaxSpans = 3;

    /// <summary>A sentence that says how many values lie beyond the clipped end; empty when none does.</summary>
    internal string Note => Beyond == 0 ? ""
        : $" {Numbers.Count(Beyond, "value")} {(Beyond == 1 ? "is" : "are")} worse than the axis shows and drawn at its end.";

    /// <summary>Makes an axis.</summary>
    /// <param name="ranked">The values, best first; may be empty.</param>
    /// <param name="goal">Which way is better.</param>
    /// <param name="also">Values that must lie on the axis, such as the prediction of a model.</param>
    public static ClippedAxis Of(IReadOnlyList<double> ranked, MetricGoal goal, params IReadOnlyList<double> also)
    {
        if (ranked.Count == 0) return new(ChartAxis.Linear(0, 1, 4), 0);
        var (best, worst) = (ranked[0], ranked[^1]);
        if (goal == MetricGoal.Minimize && best > 0 && worst / best > LogFrom && also.All(value => value > 0))
            return new(ChartAxis.Log(also.Append(best).Min(), also.Append(worst).Max()), 0);

        // Three quarters of the values get at least a third of the axis. Halving avoids an overflow of the difference.
        var span = (best / 2) - (ranked[(ranked.Count - 1) * 3 / 4] / 2);
        var limit = best - (2 * MaxSpans * span);
        var isCut = span != 0 && double.IsFinite(limit) && (goal == MetricGoal.Maximize ? worst < limit : worst > limit);
        if (isCut) worst = limit;
        double[] ends = [best, worst, .. also];
        return new(ChartAxis.Linear(ends.Min(), ends.Max(), 4), isCut
            ? ranked.Count(value => goal == MetricGoal.Maximize ? value < limit : value > limit) : 0);
    }
}
