using Tenfold.Reports.Charts;
using Tenfold.Reports.Groups;

namespace Tenfold.Reports.Studies;

/// <summary>
/// A study's report as one HTML file, in the manner of <see cref="HtmlReport"/>: no script, no network use, well-formed XML.
/// </summary>
public static class StudyHtmlReport
{
    private static IReadOnlyList<Action<Markup, StudyReportModel>> Sections { get; } =
    [
        StudyHeadline.Write, StudyConfirmationSection.Draw, (page, model) => ReportPage.Notes(page, model.Warnings),
        StudyProgressChart.Draw, StudyImportanceChart.Draw, StudyContourChart.Draw, StudySliceChart.Draw, StudyParallelChart.Draw,
        StudyRungs.Draw, StudyTimeline.Draw,
        StudyTables.Trials, StudyProvenance.Draw,
    ];

    /// <summary>Renders a report. The same model gives the same text.</summary>
    public static string Render(StudyReportModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var title = $"{model.Study.Spec.Project}: {model.Study.Id}";
        return ReportPage.Render(title, ReportStyle.Sheet + StudyStyle.Sheet, model.GeneratedAt, page =>
        {
            foreach (var section in Sections)
            {
                section(page, model);
                page.Line();
            }
        });
    }
}
