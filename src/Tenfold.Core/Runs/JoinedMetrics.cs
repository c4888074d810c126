namespace Tenfold.Core.Runs;

/// <summary>
/// The metrics of a run, joined from its attempts. An attempt that resumed from a checkpoint continues the curve of the one before; where
/// the steps of both overlap, those of the later attempt count, because the earlier ones were lost with the work after the checkpoint.
/// </summary>
public static class JoinedMetrics
{
    /// <summary>The most points of a joined curve.</summary>
    public const int MaxPoints = 256;

    /// <summary>Joins the metrics of a run's attempts.</summary>
    /// <param name="attempts">
    /// The attempts, first to last. One that started anew (<c>IsResumed</c> is false) has nothing in common with those before; null counts
    /// as resumed, since older agents did not report it.
    /// </param>
    /// <returns>One summary for each metric, in the order of their names (ordinal).</returns>
    public static IReadOnlyList<MetricSummary> Join(IEnumerable<(bool? IsResumed, IReadOnlyList<MetricSummary> Metrics)> attempts)
    {
        var joined = new SortedDictionary<string, MetricSummary>(StringComparer.Ordinal);
        foreach (var (isResumed, metrics) in attempts)
        {
            if (isResumed == false) joined.Clear();
            foreach (var metric in metrics)
                joined[metric.Name] = joined.TryGetValue(metric.Name, out var earlier) ? Join(earlier, metric) : metric;
        }

        return [.. joined.Values];
    }

    private static MetricSummary Join(MetricSummary earlier, MetricSummary later)
    {
        if (later.Count == 0 || later.Series.Count == 0) return later.Count == 0 ? earlier : later;
        var resumed = later.Series.Min(point => point.Step);
        var kept = earlier.Series.Where(point => point.Step < resumed).ToList();
        if (kept.Count == 0) return later;
        var before = kept.Count == earlier.Series.Count ? earlier : Part(earlier, kept);
        return later with
        {
            Count = before.Count + later.Count,
            NonFinite = before.NonFinite + later.NonFinite,
            First = before.First,
            // A curve of which a part was read from a log afterwards says so as a whole.
            Pattern = later.Pattern ?? before.Pattern,
            Min = double.MinNumber(before.Min, later.Min),
            Max = double.MaxNumber(before.Max, later.Max),
            Series = Thin([.. kept, .. later.Series]),
            Resumes = [.. earlier.Resumes.Where(step => step < resumed), resumed],
        };
    }

    // Of a thinned series the counts are estimates: each point stands for as many values.
    private static MetricSummary Part(MetricSummary whole, List<MetricPoint> kept)
    {
        var finite = kept.Select(point => point.Value).Where(double.IsFinite).ToList();
        var each = (double)whole.Count / whole.Series.Count;
        return whole with
        {
            Count = (long)Math.Round(kept.Count * each),
            NonFinite = (long)Math.Round((kept.Count - finite.Count) * each),
            First = kept[0].Value,
            Min = finite.Count > 0 ? finite.Min() : double.NaN,
            Max = finite.Count > 0 ? finite.Max() : double.NaN,
        };
    }

    private static List<MetricPoint> Thin(List<MetricPoint> points)
    {
        while (points.Count > MaxPoints)
        {
            var last = points[^1];
            points = [.. points.Where((_, i) => i % 2 == 0)];
            if (points[^1] != last) points.Add(last);
        }

        return points;
    }
}
