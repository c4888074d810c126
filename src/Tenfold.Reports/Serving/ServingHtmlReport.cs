using System.Globalization;
using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;
using Tenfold.Reports.Groups;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Serving;

/// <summary>
/// Renders the report on a deployed model as one HTML file, like <see cref="HtmlReport"/>: no script, no network use, well-formed XML.
/// </summary>
public static class ServingHtmlReport
{
    private const int MostRoutes = 50;

    private static IReadOnlyList<Action<Markup, ServingReportModel>> Sections { get; } =
        [Header, Experiment, ServingCharts.Traffic, ServingCharts.Latency, Versions, Drift, Routes];

    /// <summary>Renders a report. Equal models give equal pages.</summary>
    public static string Render(ServingReportModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return ReportPage.Render($"{model.Model}: serving", ReportStyle.Sheet, model.GeneratedAt, page =>
        {
            foreach (var section in Sections)
            {
                section(page, model);
                page.Line();
            }
        });
    }

    private static void Header(Markup page, ServingReportModel model)
    {
        using var header = page.Open("header");
        page.Element("p", "Tenfold report", ("class", "kicker"));
        page.Element("h1", model.Model);
        var requests = model.Traffic.Sum(one => one.Requests).ToString(CultureInfo.InvariantCulture);
        page.Element("p", $"{Numbers.Count(model.Traffic.Count(one => one.Version is not null), "version")} with {requests} requests",
            ("class", "lead"));
    }

    private static void Experiment(Markup page, ServingReportModel model)
    {
        if (model.Experiment is not { } status) return;
        using (page.Open("section"))
        {
            page.Element("h2", $"Experiment {status.Experiment.Number}: {status.Candidate.Version} against {status.Baseline.Version}");
            using var card = page.Open("div", ("class", $"card verdict g1 {ExperimentText.Word(status.Verdict)}"));
            using (page.Open("p", ("class", "sentence")))
            {
                page.Element("span", ExperimentText.Word(status.Verdict), ("class", "badge"));
                page.Text(PageText.Of(ExperimentText.Sentence(status)));
            }

            if (ExperimentText.Remaining(status) is { } remaining) page.Element("p", PageText.Of(remaining), ("class", "note"));
            using (page.Open("dl", ("class", "facts")))
            {
                ReportPage.Fact(page, "Metric", $"{status.Experiment.Metric}, {ExperimentText.Goal(status.Experiment.Goal)}");
                foreach (var arm in new[] { status.Baseline, status.Candidate })
                    ReportPage.Fact(page, $"Keys of {arm.Version}", $"{arm.Measured} of {arm.Keys} with an outcome");
                if (status.SampleRatioPValue is { } p) ReportPage.Fact(page, "Sample ratio", "p " + Numbers.PValue(p));
            }

            ServingCharts.Sequence(page, model);
        }

        ReportPage.Notes(page, status.Notes.Select(ExperimentText.Sentence));
    }

    private static void Versions(Markup page, ServingReportModel model)
    {
        if (model.Traffic.Count == 0) return;
        Table(page, "Versions", ["Version", "Requests", "4xx", "Failed", "Mean latency", "First", "Last"],
            model.Traffic.Select(one => new[]
            {
                one.Version ?? "none ready", $"{one.Requests}", $"{one.ClientErrors}", $"{one.ServerErrors}",
                one.MeanLatencyMilliseconds is { } mean ? Numbers.Duration(TimeSpan.FromMilliseconds(mean)) : "",
                PageText.Time(one.FirstAt), PageText.Time(one.LastAt),
            }));
    }

    private static void Drift(Markup page, ServingReportModel model)
    {
        if (model.Drift is not { Features.Count: > 0 } drift) return;
        var (version, against) = model.DriftOf;
        Table(page, $"Drift of {version} against {against}",
            ["Feature", "n", "n expected", "Distance", "PSI", "PSI by chance", "Adjusted p", "Verdict"],
            drift.Features.Select(feature => new[]
            {
                feature.Name, $"{feature.Window}", $"{feature.Reference}", Small(feature.Distance), Small(feature.Stability?.Index),
                Small(feature.Stability?.Expected), feature.AdjustedPValue is { } p ? Numbers.PValue(p) : "",
                DriftText.Word(feature.Verdict),
            }),
            DriftText.Sentence(drift));
    }

    private static void Routes(Markup page, ServingReportModel model)
    {
        if (model.Routes.Count == 0) return;
        Table(page, "Routes, newest first", ["Revision", "When", "By", "Shares", "Why"],
            model.Routes.Reverse().Take(MostRoutes).Select(route => new[]
            {
                $"{route.Revision}", PageText.Time(route.At), route.By, SharesOf(route), ReasonText.Of(route.Reason),
            }));
    }

    private static string SharesOf(Route route) => string.Join(", ", route.Shares().Select(share =>
        string.Create(CultureInfo.InvariantCulture, $"{share.Key} {share.Value / 100.0:0.##} %")));

    private static void Table(Markup page, string title, string[] headings, IEnumerable<string[]> rows, string? note = null)
    {
        using var section = page.Open("section");
        page.Element("h2", PageText.Of(title));
        if (note is not null) page.Element("p", PageText.Of(note), ("class", "note"));
        using var card = page.Open("div", ("class", "card scroll"));
        using var table = page.Open("table");
        using (page.Open("thead"))
        using (page.Open("tr"))
            foreach (var heading in headings) page.Element("th", heading, ("scope", "col"));
        using var body = page.Open("tbody");
        foreach (var row in rows)
        {
            using var line = page.Open("tr");
            foreach (var cell in row) page.Element("td", PageText.Of(cell));
        }
    }

    private static string Small(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "";
}
