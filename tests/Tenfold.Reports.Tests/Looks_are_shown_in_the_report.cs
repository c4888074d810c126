using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Groups;

namespace Tenfold.Reports.Tests;

public sealed class Looks_are_shown_in_the_report
{
    private static readonly GroupRuns Baseline = Fixture.OfValues("aaaaaaaa", 1, 2, 3, 4, 6, 5);
    private static readonly GroupRuns Candidate = Fixture.OfValues("bbbbbbbb", 2, 1, 4, 3, 6, 5);

    [Fact]
    public void Each_look_is_a_row_whichever_group_was_the_baseline()
    {
        var plan = new ComparisonPlan(40, 0.05, 5, 0);
        var page = Render([Look("aaaaaaaa", "bbbbbbbb", 0, plan), Look("bbbbbbbb", "aaaaaaaa", 5, plan, isShown: true)]);
        page.ShouldContain("Looks at these groups");
        page.ShouldContain("nothing: the plan was made");
        page.ShouldContain("mean, n = 5");
        page.ShouldContain("at most 40 repeats");
        page.ShouldContain("a difference is shown");
        page.IndexOf("<td>4</td><td>7</td>", StringComparison.Ordinal).ShouldBeGreaterThan(0, "the groups change places in the second");
        page.IndexOf("<td>7</td><td>4</td>", StringComparison.Ordinal).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Without_looks_there_is_no_table() => Render([]).ShouldNotContain("Looks at these groups");

    [Fact]
    public void Repeats_that_were_added_after_a_look_are_judged_alone()
    {
        var look = Look("aaaaaaaa", "bbbbbbbb", 4, null) with { BaselineRepeats = 4, CandidateRepeats = 4 };
        Render([look]).ShouldContain("only the added ones are compared");
    }

    private static ComparisonLook Look(string baseline, string candidate, int pairs, ComparisonPlan? plan, bool isShown = false) => new()
    {
        Baseline = baseline,
        Candidate = candidate,
        Metric = "accuracy",
        At = Fixture.Now,
        BaselineRepeats = 7,
        CandidateRepeats = 4,
        Pairs = pairs,
        IsShown = isShown,
        Plan = plan,
    };

    private static string Render(IReadOnlyList<ComparisonLook> looks) => HtmlReport.Render(ReportModel.From(
        [Baseline, Candidate], new("accuracy", MetricGoal.Maximize), Fixture.Now, histories: [new ComparisonHistory(looks)]));
}
