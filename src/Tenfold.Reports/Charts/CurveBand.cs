using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Charts;

/// <summary>The mean and spread of the curves of several runs at one step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Mean">The mean of the runs.</param>
/// <param name="Deviation">The sample standard deviation of the runs.</param>
internal readonly record struct BandPoint(double Step, double Mean, double Deviation);

/// <summary>Computes the mean of learning curves, and the band around it.</summary>
internal static class CurveBand
{
    private const int MaxSteps = 160;

    /// <summary>
    /// The mean and standard deviation over the runs, at steps where at least two runs, and at least half of them, have a finite value.
    /// The ledger thins each series separately, so steps differ between runs. Values between neighbouring points are interpolated linearly.
    /// </summary>
    /// <param name="series">The curve of each run, with ascending steps.</param>
    public static IReadOnlyList<BandPoint> Of(IReadOnlyList<IReadOnlyList<MetricPoint>> series)
    {
        if (series.Count < 2) return [];
        var needed = Math.Max(2, (series.Count + 1) / 2);
        long[] steps = [.. series.SelectMany(points => points).Select(point => point.Step).Distinct().Order()];
        var every = (steps.Length - 1) / MaxSteps + 1;
        var points = new List<BandPoint>();
        var next = new int[series.Count];
        for (var i = 0; i < steps.Length; i++)
        {
            if (i % every != 0 && i != steps.Length - 1) continue;
            double[] values = [.. series.Select((curve, run) => At(curve, steps[i], ref next[run])).Where(double.IsFinite)];
            if (values.Length < needed) continue;
            var summary = Summary.Of(values);
            points.Add(new(steps[i], summary.Mean, summary.StandardDeviation!.Value));
        }

        return points;
    }

    /// <summary>The value of a series at a step; NaN outside the series, and next to a point that isn't finite.</summary>
    /// <param name="series">The series.</param>
    /// <param name="step">The step; at least that of the previous call.</param>
    /// <param name="next">The position in the series, which the caller passes on to the next call.</param>
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
