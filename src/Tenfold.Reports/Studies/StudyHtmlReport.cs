using Tenfold.Reports.Groups;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>
/// Renders a study's report as one HTML file, like <see cref="HtmlReport"/>: no script, no network use, well-formed XML.
/// </summary>
public static class StudyHtmlReport
{
    private static IReadOnlyList<Action<Markup, StudyReportModel>> Sections { get; } =
    [
        StudyHeadline.Write, StudyConfirmationSection.Draw, Notes,
        StudyProgressChart.Draw, StudyImportanceChart.Draw, StudyContourChart.Draw, StudySliceChart.Draw, StudyParallelChart.Draw,
        StudyRungs.Draw, StudyTimeline.Draw,
        StudyTables.Trials, StudyProvenance.Draw,
    ];

    // The other sections are about the values of one metric and its best trial.
    private static IReadOnlyList<Action<Markup, StudyReportModel>> SectionsOfFront { get; } =
    [
        StudyHeadline.Write, StudyFrontSection.Confirmed, StudyFrontSection.Draw, Notes, StudyTimeline.Draw, StudyTables.Trials,
        StudyProvenance.Draw,
    ];

    private static void Notes(Markup page, StudyReportModel model) =>
        ReportPage.Notes(page, model.Notes.Select(note => NoteText.Sentence(note)));

    /// <summary>Renders a report. Equal models give equal pages.</summary>
    public static string Render(StudyReportModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var title = $"{model.Study.Spec.Project}: {model.Study.Id}";
        return ReportPage.Render(title, ReportStyle.Sheet + StudyStyle.Sheet, model.GeneratedAt, page =>
        {
            foreach (var section in model.Study.Spec.HasFront ? SectionsOfFront : Sections)
            {
                section(page, model);
                page.Line();
            }
        });
    }
}
