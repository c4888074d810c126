using System.Text;
using Tenfold.Core.Runs;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>The learning curves of one metric: a thin line for each run, and for each group its mean with a band.</summary>
/// <remarks>
/// The band is the mean ± one standard deviation. Lines are in a nested SVG of 1000 × 1000 units that is stretched over the plot; strokes
/// keep their width. Text is outside the nested SVG.
/// </remarks>
public sealed class CurveChart
{
    private const int Height = 190;
    private const int MaxPoints = 24_000;
    private const double LogFrom = 30;

    private readonly string _metric;
    private readonly string _part;
    private readonly IReadOnlyList<Curve> _curves;
    private readonly ChartAxis _steps;
    private readonly ChartAxis _values;
    private readonly double? _spread;

    private CurveChart(string metric, string part, IReadOnlyList<Curve> curves)
    {
        (_metric, _part, _curves) = (metric, part, curves);
        double[] finite = [.. curves.SelectMany(curve => curve.Points).Select(point => point.Value).Where(double.IsFinite)];
        long[] steps = [.. curves.SelectMany(curve => curve.Points).Select(point => point.Step)];
        _steps = ChartAxis.Steps(steps.Min(), steps.Max());
        var (low, high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
        _values = low > 0 && high / low > LogFrom ? ChartAxis.Log(low, high) : ChartAxis.Linear(low, high, 4);
        _spread = high > low ? high / 100 - low / 100 : null;
    }

    /// <summary>Makes a chart of a metric; null when no run has two values of it, so that there is no curve.</summary>
    public static CurveChart? Of(string metric, IReadOnlyList<ReportGroup> groups)
    {
        Curve[] curves =
        [
            .. from @group in groups.Index()
               from run in @group.Item.Runs
               let found = run.Metrics.FirstOrDefault(summary => summary.Name == metric)
               where found is { Series.Count: > 0 }
               select new Curve(@group.Index, run, found.NonFinite, [.. found.Series.OrderBy(point => point.Step)], found.Resumes),
        ];
        if (!curves.Any(curve => curve.Points.Length > 1)) return null;
        return new(metric, "", curves);
    }

    /// <summary>A chart that zooms in on the second half of the steps; null when this chart shows it well enough.</summary>
    public CurveChart? SecondHalf()
    {
        var last = _curves.Max(curve => curve.Points[^1].Step);
        var middle = last - (last - _curves.Min(curve => curve.Points[0].Step)) / 2;
        Curve[] late =
        [
            .. _curves.Select(curve => curve with { Points = [.. curve.Points.Where(point => point.Step >= middle)] })
                .Where(curve => curve.Points.Length > 0),
        ];
        double[] places =
            [.. late.SelectMany(curve => curve.Points).Select(point => point.Value).Where(double.IsFinite).Select(_values.At)];
        var isFlat = places.Length > 0 && places.Max() - places.Min() < 0.35;
        return isFlat && late.Any(curve => curve.Points.Length > 2) ? new(_metric, ", second half, enlarged", late) : null;
    }

    /// <summary>Draws the chart.</summary>
    /// <param name="page">The page to draw on.</param>
    /// <param name="groups">The groups that the chart was made of.</param>
    public void Draw(Markup page, IReadOnlyList<ReportGroup> groups)
    {
        using var panel = page.Open("figure", ("class", "panel"));
        using (page.Open("figcaption"))
        {
            page.Element("b", _metric, ("title", _metric));
            page.Text(_part + (_values.IsLog ? " (log scale)" : ""));
        }

        using (page.Open("div", ("class", "plot"), ("style", $"padding-left:{Markup.Px(_values.LabelWidth * 6.6 + 14)}px")))
        {
            var (titleId, descriptionId) = (page.NewId(), page.NewId());
            using var svg = page.Open("svg", ("role", "img"), ("aria-labelledby", $"{titleId} {descriptionId}"), ("width", "100%"),
                ("height", $"{Height + 22}"));
            page.Element("title", $"Learning curves of {_metric}{_part}", ("id", titleId));
            page.Element("desc", Description(groups), ("id", descriptionId));
            DrawAxes(page);
            using (page.Open("svg", ("width", "100%"), ("height", $"{Height}"), ("viewBox", "0 0 1000 1000"),
                ("preserveAspectRatio", "none"), ("class", "lines")))
            {
                foreach (var curve in _curves) DrawRun(page, curve);
                var bands = Enumerable.Range(0, groups.Count).Select(BandOf).ToArray();
                for (var i = 0; i < groups.Count; i++) DrawBand(page, bands[i], i);
                for (var i = 0; i < groups.Count; i++) DrawMean(page, bands[i], i);
            }

            foreach (var curve in _curves) DrawMarks(page, curve);
        }

        if (NonFiniteNote() is { } note) page.Element("p", note, ("class", "note"));
        if (_curves.Count(curve => curve.Resumes.Count > 0) is > 0 and var resumed)
        {
            page.Element("p", $"{Numbers.Count(resumed, "run")} took several attempts: | marks where a later attempt continued from a "
                + "checkpoint.", ("class", "note"));
        }
    }

    private void DrawAxes(Markup page)
    {
        foreach (var tick in _values.Ticks)
        {
            var y = (1 - _values.At(tick.Value)) * Height;
            page.Empty("line", ("class", "grid"), ("x1", "0"), ("x2", "100%"), ("y1", Markup.Px(y)), ("y2", Markup.Px(y)));
            page.Element("text", PageText.Of(tick.Label), ("x", "-7"), ("y", Markup.Px(y + 4)), ("text-anchor", "end"));
        }

        page.Empty("line", ("class", "axis"), ("x1", "0"), ("x2", "100%"), ("y1", $"{Height}"), ("y2", $"{Height}"));
        foreach (var tick in _steps.Ticks)
        {
            page.Element("text", tick.Label, ("x", Markup.Share(_steps.At(tick.Value))), ("y", $"{Height + 17}"),
                ("text-anchor", "middle"));
        }
    }

    private void DrawRun(Markup page, Curve curve)
    {
        var path = new StringBuilder();
        var isDown = false;
        var every = Math.Max(1, (int)Math.Ceiling((double)_curves.Sum(drawn => drawn.Points.Length) / MaxPoints));
        for (var i = 0; i < curve.Points.Length; i++)
        {
            var (step, value) = curve.Points[i];
            if (double.IsFinite(value) && i % every != 0 && i != curve.Points.Length - 1) continue;
            if (double.IsFinite(value)) path.Append(isDown ? 'L' : 'M').Append(X(step)).Append(',').Append(Y(value));
            isDown = double.IsFinite(value);
        }

        if (path.Length == 0) return;
        var crowd = _curves.Count switch { <= 3 => " few", > 200 => " crowd", > 30 => " many", _ => "" };
        using var line = page.Open("path", ("class", $"run g{curve.Group % 6}{crowd}"), ("d", path.ToString()));
        page.Element("title", Hover(curve));
    }

    private IReadOnlyList<BandPoint> BandOf(int group) =>
        CurveBand.Of([.. _curves.Where(curve => curve.Group == group).Select(curve => curve.Points)]);

    private void DrawBand(Markup page, IReadOnlyList<BandPoint> band, int group)
    {
        if (band.Count < 2) return;
        var upper = band.Select(point => $"{X(point.Step)},{Y(point.Mean + point.Deviation)}");
        var lower = band.Reverse().Select(point => $"{X(point.Step)},{Y(point.Mean - point.Deviation)}");
        page.Empty("path", ("class", $"band g{group % 6}"), ("d", $"M{string.Join('L', upper)}L{string.Join('L', lower)}Z"));
        page.Empty("path", ("class", "halo"), ("d", LineOf(band)));
    }

    private void DrawMean(Markup page, IReadOnlyList<BandPoint> band, int group)
    {
        if (band.Count < 2) return;
        page.Empty("path", ("class", $"mean-line g{group % 6}{(group >= 6 ? " second" : "")}"), ("d", LineOf(band)));
    }

    // A tick across the line where a later attempt of the run continued it.
    private void DrawResumes(Markup page, Curve curve)
    {
        foreach (var step in curve.Resumes)
        {
            var at = Array.FindIndex(curve.Points, point => point.Step >= step);
            if (at < 0 || !double.IsFinite(curve.Points[at].Value)) continue;
            using var mark = page.Open("svg", ("class", "free"), ("x", Markup.Share(_steps.At(curve.Points[at].Step))),
                ("y", Markup.Px((1 - _values.At(curve.Points[at].Value)) * Height)));
            using var tick = page.Open("path", ("class", $"cross g{curve.Group % 6}"), ("d", "M0,-5V5"));
            page.Element("title", $"{curve.Run.Record.Id}: a later attempt continued at step {step}");
        }
    }

    /// <summary>Marks what a line can't show: the only point of a run, a resume, and the first value that isn't finite.</summary>
    private void DrawMarks(Markup page, Curve curve)
    {
        DrawResumes(page, curve);
        if (curve.Points is [{ Value: var only } alone] && double.IsFinite(only))
        {
            using var dot = page.Open("circle", ("class", $"dot g{curve.Group % 6}"), ("cx", Markup.Share(_steps.At(alone.Step))),
                ("cy", Markup.Px((1 - _values.At(only)) * Height)), ("r", "3"));
            page.Element("title", Hover(curve));
        }

        var first = Array.FindIndex(curve.Points, point => !double.IsFinite(point.Value));
        if (first < 0) return;
        using var mark = page.Open("svg", ("class", "free"), ("x", Markup.Share(_steps.At(curve.Points[first].Step))), ("y", "5"));
        using var cross = page.Open("path", ("class", $"cross g{curve.Group % 6}"), ("d", "M-4,-4L4,4M-4,4L4,-4"));
        page.Element("title", $"{curve.Run.Record.Id}: {Numbers.Format(curve.Points[first].Value)} at step {curve.Points[first].Step}");
    }

    private string Hover(Curve curve)
    {
        var (step, value) = curve.Points[^1];
        return $"{curve.Run.Record.Id}, seed {curve.Run.Record.Seed}: {Numbers.Format(value, _spread)} at step {step}";
    }

    private string Description(IReadOnlyList<ReportGroup> groups)
    {
        var ends = groups.Index().Select(group =>
        {
            double[] last =
                [.. _curves.Where(curve => curve.Group == group.Index).Select(curve => curve.Points[^1].Value).Where(double.IsFinite)];
            return last.Length == 0
                ? $"{group.Item.Label} has no finite last value"
                : $"{group.Item.Label} ends at {Numbers.Format(last.Min(), _spread)} to {Numbers.Format(last.Max(), _spread)}";
        });
        return string.Join("; ", ends) + ".";
    }

    private string? NonFiniteNote()
    {
        Curve[] bad = [.. _curves.Where(curve => curve.NonFinite > 0 || curve.Points.Any(point => !double.IsFinite(point.Value)))];
        if (bad.Length == 0) return null;
        var count = bad.Sum(curve => Math.Max(curve.NonFinite, curve.Points.Count(point => !double.IsFinite(point.Value))));
        return $"{Numbers.Count(bad.Length, "run")} gave NaN or infinite values ({count} in all): the line breaks off there, × marks the "
            + "first, and the mean leaves them out.";
    }

    private string LineOf(IReadOnlyList<BandPoint> band) =>
        "M" + string.Join('L', band.Select(point => $"{X(point.Step)},{Y(point.Mean)}"));

    private string X(double step) => Markup.Px(Math.Round(_steps.At(step) * 1000, 1));

    private string Y(double value) => Markup.Px(Math.Round((1 - _values.At(value)) * 1000, 1));

    private sealed record Curve(int Group, ReportRun Run, long NonFinite, MetricPoint[] Points, IReadOnlyList<long> Resumes);
}
