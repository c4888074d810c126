using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Results;

public sealed class Earlier_looks_are_counted
{
    private static readonly MetricSpec Accuracy = new("accuracy", MetricGoal.Maximize);
    private static readonly ComparisonOptions Options = new();

    [Fact]
    public void Repeats_that_were_added_after_a_look_are_compared_alone()
    {
        var history = new ComparisonHistory([Look(6)]);
        var compared = history.Compare(Group("a", 12), Group("b", 12, 0.05), Accuracy, Options);
        compared.PairsUsed.ShouldBe(6);
        compared.Notes[0].ShouldBe(new ComparisonNote.FreshOnly(6, 6));
        compared.Baseline!.Values.ShouldBe(ValuesOf("a", 12).Skip(6));
        history.Compare(Group("b", 12), Group("a", 12, 0.05), Accuracy, Options).PairsUsed.ShouldBe(6, "whichever is the baseline");
    }

    [Fact]
    public void Each_test_without_a_plan_is_counted()
    {
        var third = new ComparisonHistory([Look(6), Look(12)]).Compare(Group("a", 18), Group("b", 18, 0.05), Accuracy, Options);
        third.Notes[0].ShouldBe(new ComparisonNote.FreshOnly(12, 12) { Test = 3 });
        var plan = new ComparisonPlan(40, 0.05, 12, 0.045);
        var planned = new ComparisonHistory([Look(6), Look(12), Look(12) with { Pairs = 0, Plan = plan }])
            .Compare(Group("a", 18), Group("b", 18, 0.05), Accuracy, Options);
        planned.Notes[0].ShouldBeOfType<ComparisonNote.PlannedLook>().Alpha.ShouldBe(0.105, 1e-12, "two tests, and a tenth of one");
    }

    [Fact]
    public void Bad_runs_are_counted_among_the_repeats_that_are_compared()
    {
        var bad = Group("b", 12);
        bad = bad with { Runs = [.. bad.Runs.Select((run, i) => i is 0 or 1 or 7 ? Failed(run) : run)] };
        GroupRuns[] groups = [Group("a", 12), bad];
        var after = GroupComparison.Of(groups, Accuracy, Options, histories: [new ComparisonHistory([Look(6)])]).Candidates[0];
        (after.BadRuns!.Candidate.Count, after.BadRuns.Candidate.Of, after.BadRuns.Baseline.Of).ShouldBe((1, 6, 6));
        after.Comparison.PairsUsed.ShouldBe(5, "a failed run takes its pair out, and still counts as bad");
        var whole = GroupComparison.Of(groups, Accuracy, Options).Candidates[0].BadRuns!;
        (whole.Candidate.Count, whole.Candidate.Of, whole.Baseline.Of).ShouldBe((3, 12, 12));
        static RunWithMetrics Failed(RunWithMetrics run) => run with { Run = run.Run with { State = RunState.Failed } };
    }

    [Fact]
    public void Without_added_repeats_the_comparison_is_the_earlier_one()
    {
        var history = new ComparisonHistory([Look(6)]);
        foreach (var (baseline, candidate) in new[] { (6, 6), (12, 6), (6, 12) })
        {
            var compared = history.Compare(Group("a", baseline), Group("b", candidate, 0.05), Accuracy, Options);
            (compared.PairsUsed, compared.Notes.Any(note => note is ComparisonNote.FreshOnly)).ShouldBe((6, false));
            compared.Notes.OfType<ComparisonNote.OneSideGrew>().ShouldBe(
                baseline == candidate ? [] : [new ComparisonNote.OneSideGrew(candidate - 6, baseline - 6)]);
            history.LookOf(Group("a", baseline), Group("b", candidate), Accuracy, compared, default).ShouldBeNull("it is known");
        }

        new ComparisonHistory([]).Compare(Group("a", 12), Group("b", 12, 0.05), Accuracy, Options).PairsUsed.ShouldBe(12);
    }

    [Fact]
    public void A_planned_look_is_made_at_its_level_and_uses_all_repeats()
    {
        var plan = new ComparisonPlan(20, 0.05, 6, 0);
        var history = new ComparisonHistory([Look(6) with { Pairs = 0, Plan = plan }, Look(6) with { Plan = plan }]);
        var compared = history.Compare(Group("a", 12), Group("b", 12, 0.0004), Accuracy, Options);
        var note = compared.Notes[0].ShouldBeOfType<ComparisonNote.PlannedLook>();
        (compared.PairsUsed, note.Look, note.Max, note.Alpha).ShouldBe((12, 2, 20, 0.05));
        (compared.Level, compared.Interval is not null).ShouldBe((note.Level, true));
        note.Level.ShouldBeInRange(0.001, 0.04);
        history.LookOf(Group("a", 12), Group("b", 12), Accuracy, compared, default).ShouldNotBeNull().Plan.ShouldBe(plan);
        var earlier = history.Compare(Group("a", 6), Group("b", 6, 0.01), Accuracy, Options);
        history.LookOf(Group("a", 6), Group("b", 6), Accuracy, earlier, default).ShouldBeNull("the look at six pairs is recorded");
    }

    [Theory]
    [InlineData(0, 0.05, MarginConclusion.Same, false)]
    [InlineData(-0.05, 0.05, MarginConclusion.NotShown, true)]
    [InlineData(0, null, null, true)]
    public void With_a_margin_a_look_is_futile_when_it_is_near_the_margin(
        double lift, double? margin, MarginConclusion? conclusion, bool isFutile)
    {
        var plan = new ComparisonPlan(20, 0.05, 6, 0, margin);
        var history = new ComparisonHistory([Look(6) with { Pairs = 0, Plan = plan }]);
        var compared = history.Compare(Group("a", 15), Group("b", 15, lift), Accuracy, Options);
        var note = compared.Notes[0].ShouldBeOfType<ComparisonNote.PlannedLook>();
        (compared.Margin?.Conclusion, note.IsFutile, note.Margin).ShouldBe((conclusion, isFutile, margin));
    }

    [Fact]
    public void A_look_at_unfinished_runs_is_no_look()
    {
        var history = new ComparisonHistory([]);
        var (baseline, candidate) = (Group("a", 6), Group("b", 6, 0.05));
        var compared = history.Compare(baseline, candidate, Accuracy, Options);
        history.LookOf(baseline, candidate, Accuracy, compared, default).ShouldNotBeNull().IsShown.ShouldBeTrue();
        var running = candidate with
        {
            Runs = [.. candidate.Runs.Select((run, i) => i > 0 ? run : run with { Run = run.Run with { State = RunState.Running } })],
        };
        history.LookOf(baseline, running, Accuracy, compared, default).ShouldBeNull();
    }

    [Fact]
    public void A_second_test_of_the_same_repeats_by_another_statistic_is_named()
    {
        var trimmed = Options with { Statistic = LocationStatistic.Trimmed };
        var history = new ComparisonHistory([Look(6)]);
        history.Compare(Group("a", 6), Group("b", 6, 0.05), Accuracy, trimmed).Notes
            .ShouldContain(new ComparisonNote.ComparedOtherwise(LocationStatistic.Mean, LocationStatistic.Trimmed, false));
        history.Compare(Group("a", 6), Group("b", 6, 0.05), Accuracy, Options).Notes
            .ShouldNotContain(note => note is ComparisonNote.ComparedOtherwise);
        var first = new ComparisonHistory([]).Compare(Group("a", 6), Group("b", 6, 0.05), Accuracy, trimmed);
        first.Notes.ShouldNotContain(note => note is ComparisonNote.ComparedOtherwise);
        var look = new ComparisonHistory([]).LookOf(Group("a", 6), Group("b", 6), Accuracy, first, default).ShouldNotBeNull();
        look.Statistic.ShouldBe(LocationStatistic.Trimmed);
        var json = JsonSerializer.Serialize(look, LookJson.Default.ComparisonLook);
        json.ShouldContain("\"Trimmed\"");
        JsonSerializer.Deserialize(json, LookJson.Default.ComparisonLook).ShouldBe(look);
    }

    private static ComparisonLook Look(int repeats) => new()
    {
        Baseline = "a",
        Candidate = "b",
        Metric = "accuracy",
        At = default,
        BaselineRepeats = repeats,
        CandidateRepeats = repeats,
        Pairs = repeats,
        IsShown = false,
    };

    private static double[] ValuesOf(string id, int repeats) =>
        [.. Enumerable.Range(1, repeats).Select(i => 0.8 + (((i * (id == "a" ? 37 : 53)) % 11) / 1000.0))];

    private static GroupRuns Group(string id, int repeats, double lift = 0)
    {
        var group = Example.Group(id) with { Repeat = repeats };
        return new(group, [.. ValuesOf(id, repeats).Select((value, i) => Example.Run(group, i + 1, value + lift))]);
    }
}
