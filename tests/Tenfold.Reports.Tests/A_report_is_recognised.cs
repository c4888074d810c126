using Tenfold.Reports.Pages;

namespace Tenfold.Reports.Tests;

public sealed class A_report_is_recognised
{
    [Theory]
    [InlineData("")]
    [InlineData("a & b \"quoted\"")]
    public void A_new_report_is_recognised_by_its_generator_and_by_its_title(string title)
    {
        var page = ReportPage.Render(title, sheet: "", DateTimeOffset.UnixEpoch, _ => { });
        ReportPage.IsReport(page).ShouldBeTrue();
        page.ShouldContain("<meta name=\"generator\" content=\"Tenfold report\"/>");
        ReportPage.IsReport(page.Replace("generator", "other")).ShouldBeTrue();
        ReportPage.IsReport(page.Replace("</title>", "")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("<title>A paper about a Tenfold report</title>")]
    [InlineData("<meta name=\"generator\" content=\"pandoc\"/><title>Tenfold report</title>")]
    public void Another_page_is_not_recognised(string start) => ReportPage.IsReport(start).ShouldBeFalse();
}
