using Tenfold.Core.Results;
using Tenfold.Reports.Groups;

namespace Tenfold.Reports.Tests;

public sealed class A_resume_is_marked_in_its_curve
{
    [Fact]
    public void A_resume_is_marked_at_its_step_and_in_a_note()
    {
        var page = Page([3]);
        page.ShouldContain("aaaaaaaa-1: a later attempt continued at step 3");
        page.ShouldContain("1 run took several attempts");
    }

    [Fact]
    public void A_run_with_one_attempt_has_no_mark()
    {
        var page = Page([]);
        page.ShouldNotContain("a later attempt continued");
        page.ShouldNotContain("took several attempts: |");
    }

    private static string Page(IReadOnlyList<long> resumes)
    {
        var metric = Fixture.Metric("accuracy", 0.1, 0.2, 0.3, 0.4, 0.5) with { Resumes = resumes };
        var other = Fixture.Metric("accuracy", 0.2, 0.3, 0.4, 0.5, 0.6);
        var group = new GroupRuns(
            Fixture.Group("aaaaaaaa", repeat: 2), [Fixture.Run("aaaaaaaa", 1, metric), Fixture.Run("aaaaaaaa", 2, other)]);
        return HtmlReport.Render(Fixture.Model(group));
    }
}
