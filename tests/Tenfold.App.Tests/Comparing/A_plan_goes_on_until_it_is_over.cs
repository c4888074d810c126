using Tenfold.App.Comparing;
using Tenfold.App.Fitting;
using Tenfold.App.Reporting;
using Tenfold.Core.Ledger;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Sql;

namespace Tenfold.App.Tests.Comparing;

public sealed class A_plan_goes_on_until_it_is_over : IDisposable
{
    private readonly Workspace _workspace = new();

    private SqlLedger Ledger => new(_workspace.Services.Database);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Both_groups_grow_until_a_difference_is_shown()
    {
        var (baseline, candidate) = (await RecordAsync(5, 0), await RecordAsync(3, 0.018));
        (await StepAsync(baseline, candidate)).Comparison.ShouldNotBeNull().Comparisons[0].Verdict.ShouldBe(Verdict.NotShown);
        var steps = 1;
        for (; steps < 20; steps++)
        {
            await FinishAsync(baseline, 0);
            await FinishAsync(candidate, 0.018);
            var step = await StepAsync(baseline, candidate);
            var looks = (await RepeatsAsync(baseline), await RepeatsAsync(candidate));
            looks.Item1.ShouldBe(looks.Item2, "both have as many repeats");
            if (step.Waiting.Count == 0) break;
        }

        steps.ShouldBeInRange(1, 10);
        var shown = (await StepAsync(baseline, candidate)).Comparison!.Comparisons[0];
        shown.Verdict.ShouldBe(Verdict.Better);
        shown.Notes[0].ShouldBeOfType<ComparisonNote.PlannedLook>().Max.ShouldBe(40);
        var seeds = (await Ledger.ListRunsAsync(candidate, CancellationToken.None)).Select(run => run.Run.Seed).ToList();
        seeds.ShouldBe(Enumerable.Range(1, seeds.Count).Select(i => SeedSequence.Derive(0, i)));
    }

    [Fact]
    public async Task Only_means_are_planned()
    {
        var (baseline, candidate) = (await RecordAsync(5, 0), await RecordAsync(5, 0.018));
        var options = new ComparisonOptions { Statistic = LocationStatistic.Trimmed };
        (await new PlannedComparer(_workspace.Services).StepAsync([baseline, candidate], null, options, 40, CancellationToken.None))
            .Refusal().Message.ShouldContain("compares means");
        (await Ledger.ListLooksAsync(baseline, candidate, "accuracy", CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task It_stops_when_the_planned_difference_has_become_unlikely()
    {
        var (baseline, candidate) = (await RecordAsync(5, 0), await RecordAsync(5, 0.00001));
        for (var i = 0; i < 30 && (await StepAsync(baseline, candidate)).Waiting.Count > 0; i++)
        {
            await FinishAsync(baseline, 0);
            await FinishAsync(candidate, 0.00001);
        }

        var repeats = await RepeatsAsync(baseline);
        repeats.ShouldBeLessThan(40);
        (await StepAsync(baseline, candidate)).Comparison!.Comparisons[0].Notes[0]
            .ShouldBeOfType<ComparisonNote.PlannedLook>().IsFutile.ShouldBeTrue();
        (await RepeatsAsync(baseline)).ShouldBe(repeats, "it is over");
    }

    [Fact]
    public async Task With_a_margin_it_stops_only_when_the_margin_is_decided_or_can_not_be()
    {
        var options = new ComparisonOptions { Margin = 0.014 };
        var (baseline, candidate) = (await RecordAsync(5, 0), await RecordAsync(5, 0.00001));
        PlannedStep step;
        while ((step = await StepAsync()).Waiting.Count > 0)
        {
            await FinishAsync(baseline, 0);
            await FinishAsync(candidate, 0.00001);
        }

        var compared = step.Comparison!.Comparisons[0];
        (compared.Verdict, compared.Margin!.IsNoWorse).ShouldBe((Verdict.NotShown, true));
        (await RepeatsAsync(baseline)).ShouldBeInRange(6, 30);
        (await TryAsync(baseline, candidate, 40)).Refusal().Message.ShouldContain("--max 40 --alpha 0.05 and --margin 0.014");
        var looks = await Ledger.ListLooksAsync(baseline, candidate, "accuracy", CancellationToken.None);
        looks.ShouldAllBe(look => look.Plan!.Margin == 0.014);

        async Task<PlannedStep> StepAsync() => (await new PlannedComparer(_workspace.Services)
            .StepAsync([baseline, candidate], null, options, 40, CancellationToken.None)).Value();
    }

    [Fact]
    public async Task A_shown_difference_leaves_the_question_of_a_margin()
    {
        var (baseline, candidate) = (await RecordAsync(8, 0), await RecordAsync(8, 0.03));
        var loader = new GroupLoader(_workspace.Services);
        (await loader.CompareAsync([candidate, baseline], null, new(), CancellationToken.None)).Value().Comparisons[0].Verdict
            .ShouldBe(Verdict.Worse);
        (await TryAsync(candidate, baseline, 40)).Refusal().Message.ShouldContain("has shown a difference already");
        var step = (await new PlannedComparer(_workspace.Services).StepAsync(
            [candidate, baseline], null, new() { Margin = 0.04 }, 40, CancellationToken.None)).Value();
        var compared = step.Comparison!.Comparisons[0];
        (compared.Margin!.Conclusion, step.Waiting.Count).ShouldBe((MarginConclusion.NotShown, 2));
    }

    [Fact]
    public async Task The_shorter_group_grows_to_the_maximum()
    {
        var (baseline, candidate) = (await RecordAsync(10, 0), await RecordAsync(5, 0.022));
        (await TryAsync(baseline, candidate, 10)).Value().Waiting.Count.ShouldBe(2);
        (await RepeatsAsync(baseline), await RepeatsAsync(candidate)).ShouldBe((10, 10));
    }

    [Fact]
    public async Task A_group_whose_runs_all_fail_does_not_grow()
    {
        var (baseline, candidate) = (await RecordAsync(5, 0), (await _workspace.RecordAsync(request => request with { Repeat = 5 })).Id);
        await FinishAsync(candidate, double.NaN);
        (await StepAsync(baseline, candidate)).Waiting.ShouldBeEmpty();
        (await RepeatsAsync(candidate)).ShouldBe(5);
    }

    [Fact]
    public async Task A_comparison_while_runs_are_unfinished_counts_as_a_look()
    {
        var (baseline, candidate) = (await RecordAsync(5, 0), await RecordAsync(5, 0.0001));
        await StepAsync(baseline, candidate);
        await FinishAsync(baseline, 0);
        await FinishAsync(candidate, 0.0001, most: 1);
        var loader = new GroupLoader(_workspace.Services);
        (await loader.CompareAsync([baseline, candidate], null, new(), CancellationToken.None)).Value().Comparisons[0].PairsUsed
            .ShouldBe(6);
        var looks = await Ledger.ListLooksAsync(candidate, baseline, "accuracy", CancellationToken.None);
        looks.Where(look => look.Plan is not null).Select(look => look.Pairs).ShouldBe([0, 5, 6]);
    }

    [Fact]
    public async Task Unfinished_runs_are_awaited_and_a_plan_does_not_change()
    {
        var (baseline, candidate) = (await RecordAsync(5, 0), await RecordAsync(5, 0.0001));
        (await StepAsync(baseline, candidate)).Waiting.Count.ShouldBe(2);
        var waiting = await StepAsync(baseline, candidate);
        (waiting.Comparison, waiting.Waiting.Count).ShouldBe((null, 2));
        (await RepeatsAsync(baseline)).ShouldBe(7);
        (await TryAsync(baseline, candidate, 60)).Refusal().Message.ShouldContain("the plan for these groups says --max 40 --alpha 0.05");
    }

    [Fact]
    public async Task A_plan_after_a_comparison_without_one_has_little_of_alpha_left()
    {
        var (baseline, candidate) = (await RecordAsync(10, 0), await RecordAsync(10, 0.0001));
        var plain = await new GroupLoader(_workspace.Services).CompareAsync([baseline, candidate], null, new(), CancellationToken.None);
        plain.Value().Comparisons[0].Verdict.ShouldBe(Verdict.NotShown);
        (await TryAsync(baseline, candidate, 5)).Refusal().Message.ShouldContain("less than the 10 repeats that exist");
        await StepAsync(baseline, candidate);
        var looks = await Ledger.ListLooksAsync(candidate, baseline, "accuracy", CancellationToken.None);
        looks.Last(look => look.Plan is not null).Plan!.Spent.ShouldBe(0.045, 1e-12);
    }

    [Fact]
    public async Task Repeats_added_without_a_plan_are_compared_alone()
    {
        var (baseline, candidate) = (await RecordAsync(6, 0), await RecordAsync(6, 0.0001));
        var loader = new GroupLoader(_workspace.Services);
        (await loader.CompareAsync([baseline, candidate], null, new(), CancellationToken.None)).Value().Comparisons[0].PairsUsed
            .ShouldBe(6);
        foreach (var (group, lift) in new[] { (baseline, 0), (candidate, 0.0001) })
        {
            (await new GroupExtender(_workspace.Services).ExtendAsync(group, 5, CancellationToken.None)).Value().Group.Repeat.ShouldBe(11);
            await FinishAsync(group, lift);
        }

        var fresh = (await loader.CompareAsync([candidate, baseline], null, new(), CancellationToken.None)).Value().Comparisons[0];
        (fresh.PairsUsed, fresh.Notes[0]).ShouldBe((5, new ComparisonNote.FreshOnly(6, 6)));
    }

    [Fact]
    public async Task Added_repeats_of_several_candidates_and_of_a_report_are_judged_alone_too()
    {
        string[] groups = [await RecordAsync(6, 0), await RecordAsync(6, 0.0001), await RecordAsync(6, 0.0002)];
        var loader = new GroupLoader(_workspace.Services);
        (await loader.CompareAsync(groups, null, new(), CancellationToken.None)).Value().Comparisons
            .ShouldAllBe(one => one.PairsUsed == 6);
        foreach (var (i, group) in groups.Index())
        {
            await new GroupExtender(_workspace.Services).ExtendAsync(group, 5, CancellationToken.None);
            await FinishAsync(group, i * 0.0001);
        }

        var fresh = (await loader.CompareAsync(groups, null, new(), CancellationToken.None)).Value().Comparisons;
        fresh.ShouldAllBe(one => one.PairsUsed == 5 && one.Notes[0] == new ComparisonNote.FreshOnly(6, 6) && one.AdjustedPValue != null);
        var page = (await new ReportRenderer(_workspace.Services).RenderAsync(groups[..2], null, CancellationToken.None)).Value();
        page.ShouldContain("only the added ones are compared");
        page.ShouldContain("mean, n = 5");
    }

    [Fact]
    public async Task A_report_is_a_look_and_a_plan_is_for_two_groups()
    {
        string[] groups = [await RecordAsync(6, 0), await RecordAsync(6, 0.0001), await RecordAsync(6, 0.0002)];
        var renderer = new ReportRenderer(_workspace.Services);
        (await renderer.RenderAsync(groups[..2], null, CancellationToken.None)).Value().ShouldContain("Looks at these groups");
        var looks = await Ledger.ListLooksAsync(groups[0], groups[1], "accuracy", CancellationToken.None);
        looks.ShouldHaveSingleItem().Pairs.ShouldBe(6);
        await renderer.RenderAsync(groups[..2], null, CancellationToken.None);
        (await Ledger.ListLooksAsync(groups[0], groups[1], "accuracy", CancellationToken.None)).Count.ShouldBe(1);
        await StepAsync(groups[0], groups[2]);
        var loader = new GroupLoader(_workspace.Services);
        (await loader.CompareAsync(groups, null, new(), CancellationToken.None)).Refusal().Message
            .ShouldContain($"{groups[0]} and {groups[2]} have a plan");
        (await renderer.RenderAsync(groups, null, CancellationToken.None)).Refusal().Message.ShouldContain("name these two alone");
    }

    private async Task<PlannedStep> StepAsync(string baseline, string candidate) => (await TryAsync(baseline, candidate, 40)).Value();

    private Task<Outcome<PlannedStep>> TryAsync(string baseline, string candidate, int max) =>
        new PlannedComparer(_workspace.Services).StepAsync([baseline, candidate], null, new(), max, CancellationToken.None);

    private async Task<int> RepeatsAsync(string group) => (await Ledger.FindGroupAsync(group, CancellationToken.None))!.Repeat;

    private async Task<string> RecordAsync(int repeats, double lift)
    {
        var group = await _workspace.RecordAsync(request => request with { Repeat = repeats });
        await FinishAsync(group.Id, lift);
        return group.Id;
    }

    // Ends the group's open runs. A value depends on the seed, and a little on the group.
    private async Task FinishAsync(string group, double lift, int most = int.MaxValue)
    {
        var open = (await Ledger.ListRunsAsync(group, CancellationToken.None)).Where(run => !run.Run.State.IsFinal()).Take(most).ToList();
        foreach (var state in new[] { AttemptState.Queued, AttemptState.Running, AttemptState.Succeeded })
        {
            var changes = open.Select(run => Groups_are_compared.Change(RunNames.Attempt(run.Run.Id, 1), state, Value(run.Run, lift)));
            await Ledger.ApplyAsync([.. changes], under: null, CancellationToken.None);
        }
    }

    private static double Value(RunRecord run, double lift) =>
        0.8 + (run.Seed % 97 / 1000.0) + lift + (run.Repeat % 2 == 0 ? 1 : -1) * (lift > 0 ? 0.01 : 0) * (1 + (run.Seed % 3));
}
