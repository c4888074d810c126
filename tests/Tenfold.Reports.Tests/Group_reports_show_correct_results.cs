using System.Xml.Linq;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Groups;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Tests;

public sealed class Group_reports_show_correct_results
{
    [Fact]
    public void Only_finite_last_values_of_successful_runs_count()
    {
        var group = Fixture.OfValues("aaaaaaaa", 0.9, 0.8, double.NaN, null, 0.1, 0.2)
            .With(5, run => run with { State = RunState.Failed, Reason = new Reason.Note("exit code 3") })
            .With(6, run => run with { State = RunState.Running, EndedAt = null });
        var made = Fixture.Model(group).Groups[0];
        made.Summary!.Values.ShouldBe([0.9, 0.8]);
        CountText.Of(made.Results, hasMetric: true)
            .ShouldBe("2 of 6 runs counted: 1 ended as NaN, 1 without the metric, 1 failed, 1 still running");
        made.Runs.Count.ShouldBe(6);
        made.Runs.Count(run => run.Value is not null).ShouldBe(2);
    }

    [Fact]
    public void Groups_with_a_diverged_run_are_compared_by_trimmed_means_and_the_rate_is_shown()
    {
        double?[] baseline = [.950, .951, .949, .9505, .9495, .9512, .9488, .9503, .9497, .95];
        double?[] candidate = [.960, .9608, .959, .1, .9594, .9607, .9602, .9596, .9605, .9611];
        GroupRuns[] groups = [Fixture.OfValues("aaaaaaaa", baseline), Fixture.OfValues("bbbbbbbb", candidate)];
        var spec = groups[0].Group.Spec.Metric;
        var mean = HtmlReport.Render(ReportModel.From(groups, spec, Fixture.Now));
        mean.ShouldContain("--statistic trimmed");
        mean.ShouldContain("Runs that failed or diverged");
        mean.ShouldContain(PageText.Of("1 of 10 (0 % to 45 %) against 0 of 10"));
        var trimmed = HtmlReport.Render(
            ReportModel.From(groups, spec, Fixture.Now, new() { Statistic = LocationStatistic.Trimmed }));
        trimmed.ShouldContain("its trimmed mean of accuracy is higher by ");
        trimmed.ShouldContain("The diamond is the trimmed mean");
        trimmed.ShouldContain("Difference of trimmed means");
        HtmlReport.Render(ReportModel.From([groups[1]], spec, Fixture.Now)).ShouldContain("Failed or diverged");
    }

    [Fact]
    public void A_diverged_run_has_no_value()
    {
        var run = Fixture.Run("aaaaaaaa", 1, Fixture.Metric("accuracy", 0.5, 0.9, double.NaN));
        var group = new GroupRuns(Fixture.Group("aaaaaaaa"), [run]);
        var model = Fixture.Model(group);
        model.Groups[0].Summary.ShouldBeNull();
        Texts(model).ShouldContain(text => text.StartsWith("accuracy ended as NaN in aaaaaaaa-1"));
    }

    [Fact]
    public void Groups_are_compared_with_the_first_as_one_family()
    {
        var model = Fixture.Four();
        model.Comparisons.Count.ShouldBe(3);
        var expected = Comparison.Family(
            [.. model.Groups.Skip(1).Select(Fixture.SeedValues)], Fixture.SeedValues(model.Groups[0]), MetricGoal.Maximize);
        for (var i = 0; i < 3; i++)
        {
            model.Comparisons[i].AdjustedPValue.ShouldBe(expected[i].AdjustedPValue);
            model.Comparisons[i].Verdict.ShouldBe(expected[i].Verdict);
        }
    }

    [Fact]
    public void The_verdict_comes_first_with_its_numbers()
    {
        var page = Group_reports_are_safe_pages.Parse(HtmlReport.Render(Fixture.Two()));
        page.Descendants("section").First().Element("h2")!.Value.ShouldBe("Is the difference real?");
        var verdict = page.Descendants("div").First(one => ((string?)one.Attribute("class"))?.Contains("verdict") == true);
        verdict.Element("p")!.Value
            .ShouldStartWith("better p3n8wzcd · hidden=64 is better than k7m2xqab · hidden=16: its accuracy is higher by ");
        verdict.Descendants("dt").Select(one => one.Value).ShouldBe(
            [
                "Difference of means", "95\u00a0% interval", "Paired t test", "Permutation test, exact", "Pairs with the same seed",
                "Chance to beat the baseline", "Smallest detectable (80\u00a0% power)", "More repeats needed",
            ],
            Case.Sensitive, string.Join('|', verdict.Descendants("dt").Select(one => one.Value)));
    }

    [Fact]
    public void Equal_values_have_no_interval()
    {
        var model = ReportModel.From(
            [Fixture.OfValues("aaaaaaaa", [0.95, 0.95, 0.95, 0.95, 0.95])], new("accuracy", MetricGoal.Maximize), Fixture.Now);
        var page = HtmlReport.Render(model);
        page.ShouldContain("none: all values are equal");
    }

    [Fact]
    public void Further_repeats_are_counted_as_they_are_tested()
    {
        double?[] low = [1, 1.1, 0.9, 1.05, 0.95, 1], high = [1.1, 1.0, 1.05, 1.15, 0.9, 1.1];
        var model = ReportModel.From(
            [Fixture.OfValues("aaaaaaaa", low), Fixture.OfValues("bbbbbbbb", high)], new("accuracy", MetricGoal.Maximize), Fixture.Now);
        var (name, value) = VerdictText.Facts(model.Comparisons[0], isFamily: false).Last();
        var (more, range) = (model.Comparisons[0].MoreRepeats, model.Comparisons[0].MoreRepeatsRange!.Value);
        name.ShouldBe("More repeats needed");
        value.ShouldBe($"{more} ({range.Low} to {range.High}) more pairs, tested alone, if the observed difference is the true one");
    }

    [Theory]
    [InlineData(MetricGoal.Maximize, "better", "higher")]
    [InlineData(MetricGoal.Minimize, "worse", "higher")]
    public void The_goal_determines_which_group_is_better(MetricGoal goal, string word, string direction)
    {
        double?[] low = [1, 1.1, 0.9, 1.05, 0.95], high = [3, 3.2, 2.9, 3.1, 2.8];
        var model = ReportModel.From(
            [Fixture.OfValues("aaaaaaaa", low), Fixture.OfValues("bbbbbbbb", high)], new("accuracy", goal), Fixture.Now);
        VerdictText.Sentence(model.Comparisons[0], "B", "A", "loss").ShouldStartWith($"B is {word} than A: its loss is {direction} by 2.0");
    }

    [Fact]
    public void A_difference_that_is_not_shown_is_not_called_equality()
    {
        var model = Fixture.Model(Fixture.OfValues("aaaaaaaa", 1, 2, 3, 4, 5), Fixture.OfValues("bbbbbbbb", 2, 1, 4, 3, 5.5));
        VerdictText.Sentence(model.Comparisons[0], "B", "A", "accuracy").ShouldStartWith(
            "These repeats don't show a difference between B and A. That doesn't mean that there is none: the observed difference is +0.1, "
            + "and any difference from -1.2 to +1.4 is compatible with the values (95 % interval).");
    }

    [Fact]
    public void Failed_and_unfinished_runs_are_in_the_table_with_their_reason()
    {
        var page = Group_reports_are_safe_pages.Parse(HtmlReport.Render(Fixture.Four()));
        var rows = page.Descendants("tr")
            .Where(row => row.Descendants("td").Any(cell => (string?)cell.Attribute("class") == "code"))
            .ToDictionary(row => row.Elements("td").ElementAt(1).Value);
        rows["q9s4vtef-3"].Value.ShouldContain("failed");
        rows["q9s4vtef-3"].Value.ShouldContain("ValueError: loss is NaN at epoch 12");
        rows["q9s4vtef-3"].Value.ShouldContain("(not counted)");
        rows["q9s4vtef-6"].Value.ShouldContain("NaN (not counted)");
        rows["t5r6yhgk-9"].Value.ShouldContain("so far");
        rows["t5r6yhgk-10"].Value.ShouldContain("queued");
        page.Value.ShouldContain("7 of 10 runs counted: 1 failed, 1 ended as NaN, 1 cancelled");
    }

    [Fact]
    public void Every_run_that_counts_has_a_dot()
    {
        var model = Fixture.Model(Fixture.OfValues("aaaaaaaa", [.. Enumerable.Repeat<double?>(0.97, 120)]));
        var page = Group_reports_are_safe_pages.Parse(HtmlReport.Render(model));
        var values = page.Descendants("svg").Single(one => one.Element("title")?.Value == "Values of accuracy");
        values.Descendants("circle").Count().ShouldBe(120);
    }

    [Fact]
    public void Differing_parameters_and_sources_are_marked()
    {
        var page = Group_reports_are_safe_pages.Parse(HtmlReport.Render(Fixture.Four()));
        Marked(page).ShouldBe(["learning_rate", "hidden", "dropout", "note", "Snapshot", "Git commit"], ignoreOrder: true);
        Texts(Fixture.Four()).ShouldContain("t5r6yhgk: The code differs: snapshot aaaaaaaaaaaa against bbbbbbbbbbbb.");
        Texts(Fixture.Four()).ShouldContain(text => text.StartsWith("t5r6yhgk: Files differed from commit 5d4b54e0c1f2."));
        Marked(Group_reports_are_safe_pages.Parse(HtmlReport.Render(Fixture.One()))).ShouldBeEmpty();
    }

    [Fact]
    public void Two_notations_of_a_number_are_equal() =>
        Fixture.Model(
            new GroupRuns(Fixture.Group("aaaaaaaa", """{"lr":0.1}"""), []),
            new GroupRuns(Fixture.Group("bbbbbbbb", """{"lr":1e-1}"""), [])).DifferingParameters.ShouldBeEmpty();

    [Fact]
    public void A_curve_breaks_at_non_finite_values()
    {
        var run = Fixture.Run("aaaaaaaa", 1, Fixture.Metric("accuracy", 0.1, 0.2, double.NaN, 0.4, 0.5));
        var group = new GroupRuns(Fixture.Group("aaaaaaaa"), [run]);
        var page = Group_reports_are_safe_pages.Parse(HtmlReport.Render(Fixture.Model(group)));
        var line = page.Descendants("path").First(path => ((string?)path.Attribute("class"))?.StartsWith("run") == true);
        line.Attribute("d")!.Value.Count(sign => sign == 'M').ShouldBe(2);
        page.Value.ShouldContain("1 run gave NaN or infinite values (1 in all)");
    }

    [Fact]
    public void The_mean_curve_needs_half_of_the_runs()
    {
        var band = CurveBand.Of([[new(0, 1), new(1, 3), new(2, 5)], [new(0, 3), new(2, 7)], [new(0, 5)], [new(0, 7), new(1, double.NaN)]]);
        band.Select(point => point.Step).ShouldBe([0, 1, 2]);
        band[0].Mean.ShouldBe(4);
        band[1].Mean.ShouldBe(4, "3, and halfway from 3 to 7");
        band[2].Mean.ShouldBe(6);
        band[2].Deviation.ShouldBe(Math.Sqrt(2), 1e-12);
        CurveBand.Of([[new(0, 1), new(1, 2)], [new(5, 1), new(6, 2)]]).ShouldBeEmpty("no step has two runs");
    }

    [Fact]
    public void Dots_do_not_overlap_while_there_is_room()
    {
        double[] places = [.. Enumerable.Range(0, 60).Select(i => 100 + 80 * Math.Sin(i))];
        var offsets = Swarm.Offsets(places, 9, 1000);
        for (var i = 0; i < 60; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var distance = Math.Sqrt(Math.Pow(places[i] - places[j], 2) + Math.Pow(offsets[i] - offsets[j], 2));
                distance.ShouldBeGreaterThanOrEqualTo(9 - 1e-6);
            }
        }
        Swarm.Offsets(new double[500], 9, 40).Max(Math.Abs).ShouldBe(40, 1e-9);
    }

    private static IReadOnlyList<string> Texts(ReportModel model) =>
        [.. model.Notes.Select(note => NoteText.Sentence(note, id => model.Groups.Count == 1 ? null : id))];

    private static string[] Marked(XElement page) =>
    [
        .. page.Descendants("tr").Where(row => (string?)row.Attribute("class") == "differs")
            .Select(row => row.Element("th")!.Nodes().OfType<XText>().First().Value),
    ];
}
