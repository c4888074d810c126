using Tenfold.Reports.Charts;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Serving;

/// <summary>The charts of the report on a deployed model.</summary>
internal static class ServingCharts
{
    private const double Height = 200;

    /// <summary>Draws the requests of each version over time; nothing without requests.</summary>
    public static void Traffic(Markup page, ServingReportModel model)
    {
        if (model.Periods.Count == 0) return;
        var length = Numbers.Duration(model.Periods[0].Length);
        Lines(page, model, "Traffic", $"Requests in each {length}. A dashed line shows those that failed on the server's side.",
            ChartAxis.Whole(0, Math.Max(1, model.Periods.Max(period => period.Requests))),
            period => period.Requests, period => period.Failed > 0 ? period.Failed : null);
    }

    /// <summary>Draws the latency of each version over time; nothing without requests.</summary>
    public static void Latency(Markup page, ServingReportModel model)
    {
        double[] values = [.. model.Periods.SelectMany(period => new[] { period.Median, period.Slowest })
            .OfType<TimeSpan>().Select(time => time.TotalMilliseconds).Where(value => value > 0)];
        if (values.Length == 0) return;
        Lines(page, model, "Latency in milliseconds (log scale)",
            "The line is the median; 95 % of the requests are faster than the dashed line.",
            ChartAxis.Log(values.Min() / 1.2, values.Max() * 1.2),
            period => period.Median?.TotalMilliseconds, period => period.Slowest?.TotalMilliseconds);
    }

    /// <summary>Draws the interval of the experiment over time; nothing when there has been none.</summary>
    public static void Sequence(Markup page, ServingReportModel model)
    {
        var points = model.History.Where(point => point.Comparison.Interval is not null).ToArray();
        if (model.Experiment is not { } status || points.Length < 2) return;
        var start = status.Experiment.StartedAt;
        // The first intervals are so wide that later ones would be a line.
        var reach = points.Select(point => Math.Max(Math.Abs(point.Comparison.Interval!.Low), Math.Abs(point.Comparison.Interval.High)))
            .Order().ElementAt(points.Length / 2) * 2;
        var frame = new PlotFrame(ChartAxis.Time(points[^1].At - start), ChartAxis.Linear(-reach, reach, 5), Height);
        using var figure = page.Open("figure", ("class", "panel"));
        using (page.Open("figcaption")) page.Element("b", $"Difference in {status.Experiment.Metric}");
        frame.Draw(page, "The difference and its interval over time", ExperimentText.Sentence(status), "time since the start", () =>
        {
            using var lines = frame.Lines(page);
            var upper = points.Select(point => (X(point.At), point.Comparison.Interval!.High));
            var lower = points.Reverse().Select(point => (X(point.At), point.Comparison.Interval!.Low));
            page.Empty("path", ("class", "band g1"), ("d", frame.Path([.. upper, .. lower]) + "Z"));
            page.Empty("path", ("class", "zero"), ("d", frame.Path([(0, 0), (X(points[^1].At), 0)])));
            page.Empty("path", ("class", "mean-line g1"),
                ("d", frame.Path(points.Select(point => (X(point.At), point.Comparison.Difference!.Value)))));
        });
        page.Element("p", "The band is the interval that is valid at all times together. A verdict comes when it leaves the dashed line "
            + "of no difference. Outcomes are those that are known now, placed at the time of their key's first request.",
            ("class", "note"));

        double X(DateTimeOffset at) => (at - start).TotalSeconds;
    }

    private static void Lines(
        Markup page, ServingReportModel model, string title, string caption, ChartAxis up, Func<TrafficPeriod, double?> solid,
        Func<TrafficPeriod, double?> dashed)
    {
        var first = model.Periods.Min(period => period.At);
        var length = model.Periods.Max(period => period.At) - first;
        var frame = new PlotFrame(ChartAxis.Time(length > TimeSpan.Zero ? length : model.Periods[0].Length), up, Height);
        var versions = model.Periods.Select(period => period.Version).Distinct().ToArray();
        using var section = page.Open("section");
        page.Element("h2", title);
        using var card = page.Open("figure", ("class", "card"));
        using (page.Open("ul", ("class", "legend")))
            foreach (var (i, version) in versions.Index()) page.Element("li", PageText.Of(version), ("class", $"g{i % 6}"));
        frame.Draw(page, title, caption, $"time since {PageText.Time(first)}", () =>
        {
            using var lines = frame.Lines(page);
            foreach (var (i, version) in versions.Index())
            {
                Line(i, "run few", version, solid);
                Line(i, "run few second", version, dashed);
            }
        });
        page.Element("figcaption", caption, ("class", "note"));

        void Line(int index, string kind, string version, Func<TrafficPeriod, double?> value)
        {
            (double, double)[] points = [.. model.Periods.Where(period => period.Version == version && value(period) is not null)
                .Select(period => ((period.At - first).TotalSeconds, value(period)!.Value))];
            if (points.Length > 0) page.Empty("path", ("class", $"{kind} g{index % 6}"), ("d", frame.Path(points)));
        }
    }
}
