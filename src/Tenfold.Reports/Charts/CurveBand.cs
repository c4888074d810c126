using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Charts;

/// <summary>Mean and spread of several runs' series at one step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Mean">The mean of the runs.</param>
/// <param name="Deviation">Their sample standard deviation.</param>
public readonly record struct BandPoint(double Step, double Mean, double Deviation);

/// <summary>The mean of learning curves and its band.</summary>
public static class CurveBand
{
    private const int MostSteps = 160;

    /// <summary>
    /// Mean and standard deviation over the runs, at steps where at least two of them, and at least half, have a finite value. Series are
    /// thinned, each for itself, so between two neighbouring finite points of a run the straight line between them counts.
    /// </summary>
    /// <param name="series">One a run; steps ascending.</param>
    public static IReadOnlyList<BandPoint> Of(IReadOnlyList<IReadOnlyList<MetricPoint>> series)
    {
        if (series.Count < 2) return [];
        var needed = Math.Max(2, (series.Count + 1) / 2);
        long[] steps = [.. series.SelectMany(one => one).Select(point => point.Step).Distinct().Order()];
        var every = (steps.Length - 1) / MostSteps + 1;
        var points = new List<BandPoint>();
        var next = new int[series.Count];
        for (var i = 0; i < steps.Length; i++)
        {
            if (i % every != 0 && i != steps.Length - 1) continue;
            double[] values = [.. series.Select((one, run) => At(one, steps[i], ref next[run])).Where(double.IsFinite)];
            if (values.Length < needed) continue;
            var summary = Summary.Of(values);
            points.Add(new(steps[i], summary.Mean, summary.StandardDeviation!.Value));
        }

        return points;
    }

    /// <summary>The series' value at a step; NaN outside it, and beside a point that isn't finite.</summary>
    /// <param name="series">The series.</param>
    /// <param name="step">The step; not below that of the call before.</param>
    /// <param name="next">Where the search goes on.</param>
    private static double At(IReadOnlyList<MetricPoint> series, long step, ref int next)
    {
        while (next < series.Count && series[next].Step < step) next++;
        if (next == series.Count) return double.NaN;
        var (after, value) = series[next];
        if (after == step) return value;
        if (next == 0) return double.NaN;
        var (before, from) = series[next - 1];
        var share = (double)(step - before) / (after - before);
        return from * (1 - share) + value * share;
    }
}
