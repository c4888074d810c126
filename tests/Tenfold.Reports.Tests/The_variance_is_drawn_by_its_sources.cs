using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Reports.Groups;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Tests;

public sealed class The_variance_is_drawn_by_its_sources
{
    [Fact]
    public void The_report_has_a_row_for_each_source_and_for_all_together()
    {
        var page = Page(["seed", "split"], 1, 1.1, 2, 2, 2.1, 4, 3, 3.05, 3.5);
        page.ShouldContain("Where the variance comes from");
        page.ShouldContain(">split<");
        page.ShouldContain(">together<");
        // Only the base runs are the plain sample: 1, 2 and 3.
        page.ShouldContain("n = 3");
        page.ShouldContain("Only runs with new draws of all sources are shown.");
        HtmlReport.Render(ReportModel.From([Fixture.OfValues("aaaaaaaa", 1, 2, 3)], new("accuracy", default), Fixture.Now))
            .ShouldNotContain("Where the variance comes from");
    }

    [Fact]
    public void An_ignored_source_is_told_with_the_parameter_that_the_script_ignores()
    {
        var notes = VarianceWords.Notes(Group(["seed", "split"], 1, 1.5, 1, 2, 2.1, 2, 3, 3.5, 3)).ToArray();
        notes[0].ShouldBe(
            "split changed nothing in 3 pairs of runs: the script ignores the parameter split_seed, or it has no effect.");
        notes.ShouldContain(note => note.StartsWith("Check: the sources add up to "));
        notes[^1].ShouldContain("vary hardware too");
    }

    [Fact]
    public void A_script_that_repeats_itself_exactly_is_called_deterministic()
    {
        var notes = VarianceWords.Notes(Group(["seed", "hardware"], 1, 1.5, 1, 2, 2.1, 2, 3, 3.5, 3)).ToArray();
        notes[0].ShouldContain("the script is deterministic");
        notes.ShouldNotContain(note => note.Contains("vary hardware too"));
    }

    [Fact]
    public void Missing_runs_are_told()
    {
        var group = Group(["seed", "split"], 1, 1.5, null, 2, 2.1, 2, 3, 3.5, null);
        VarianceWords.Notes(group).ShouldContain(note => note.StartsWith("2 of 9 runs have no value that counts"));
        VarianceWords.Notes(group).ShouldContain("split has 1 pair of runs with values; two are needed.");
    }

    [Fact]
    public void A_diverged_run_is_told() => VarianceWords
        .Notes(Group(["seed", "split"], 1, 1.5, 1.2, 2, 2.1, -900, 3, 3.5, 3.2))
        .ShouldContain(note => note.StartsWith("1 value of 9 is far out"));

    private static GroupRuns Runs(string[] sources, double?[] values)
    {
        var runs = Fixture.OfValues("aaaaaaaa", values);
        var variation = new Variation([.. sources.Select(name => new VariedSource(name, name == "split" ? "split_seed" : null))]);
        return runs with { Group = runs.Group with { Spec = runs.Group.Spec with { Variation = variation } } };
    }

    private static GroupVariance Group(string[] sources, params double?[] values) =>
        Runs(sources, values) is var made ? GroupVariance.Of(made.Group, made.Runs)! : null!;

    private static string Page(string[] sources, params double?[] values) =>
        HtmlReport.Render(ReportModel.From([Runs(sources, values)], new("accuracy", default), Fixture.Now));
}
