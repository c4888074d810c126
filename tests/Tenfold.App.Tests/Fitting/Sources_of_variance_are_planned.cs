using Tenfold.App.Comparing;
using Tenfold.App.Fitting;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.App.Tests.Fitting;

public sealed class Sources_of_variance_are_planned : IDisposable
{
    private readonly Workspace _workspace = new();

    public Sources_of_variance_are_planned() =>
        _workspace.Configure("  params: { rate: 0.1, split_seed: 7 }\n  vary: { split: split_seed }");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_repeat_is_a_run_with_new_draws_and_one_for_each_source()
    {
        var plan = (await Plan(["seed", "split"])).Value();
        (plan.Group.Repeat, plan.Runs.Count).ShouldBe((15, 15));
        plan.Group.Spec.Variation!.Sources.ShouldBe([new VariedSource("seed"), new VariedSource("split", "split_seed")]);
        plan.Runs.Select(run => run.Seed).ShouldBe(Enumerable.Range(1, 15).Select(plan.Group.SeedOf));
        plan.Runs.Select(run => run.Seed).Distinct().Count().ShouldBe(10);
        plan.Group.SpecOf(1).Parameters.GetRawText().ShouldNotBe(plan.Group.SpecOf(3).Parameters.GetRawText());
    }

    [Theory]
    [InlineData("seed,spilt", "Did you mean split?")]
    [InlineData("seed,seed", "twice")]
    [InlineData("seed", "two sources")]
    public async Task Sources_that_are_unknown_doubled_or_alone_are_refused(string sources, string words) =>
        (await Plan(sources.Split(','))).Refusal().Message.ShouldContain(words);

    [Fact]
    public async Task Too_few_repeats_and_a_fixed_value_of_a_varied_parameter_are_refused()
    {
        (await Plan(["seed", "split"], repeat: 2)).Refusal().Message.ShouldContain("--repeat 3 or more");
        (await Plan(["seed", "split"], repeat: 4_000)).Refusal().Message.ShouldContain("12000 runs");
        (await _workspace.PlanAsync(request => request with { Vary = ["seed", "split"], Repeat = 5, Parameters = ["split_seed=3"] }))
            .Refusal().Message.ShouldContain("-p sets split_seed");
        (await _workspace.PlanAsync(request => request with { Vary = ["seed", "split"], Repeat = 5, Parameters = [" split_seed =3"] }))
            .Refusal().Message.ShouldContain("-p sets split_seed");
        (await _workspace.PlanAsync(request => request with { Vary = ["seed", "hardware"], Repeat = 5, Parameters = ["split_seed=3"] }))
            .Value().Group.Spec.Parameters.GetRawText().ShouldContain("\"split_seed\":3");
    }

    [Fact]
    public async Task A_rerun_draws_the_same_and_refuses_another_value_of_a_varied_parameter()
    {
        var group = await _workspace.RecordAsync(request => request with { Vary = ["seed", "split"], Repeat = 3 });
        var planner = new RerunPlanner(_workspace.Services);
        var other = new FitRequest { Parameters = ["rate=0.2"] };
        var again = (await planner.PlanAsync($"{group.Id}-3", other, CancellationToken.None)).Value();
        again.Runs.ShouldHaveSingleItem().Repeat.ShouldBe(3);
        again.Group.SpecOf(3).Parameters.GetProperty("split_seed").GetInt64()
            .ShouldBe(group.SpecOf(3).Parameters.GetProperty("split_seed").GetInt64());
        again.Group.SpecOf(3).Parameters.GetProperty("rate").GetDouble().ShouldBe(0.2);
        (await planner.PlanAsync(group.Id, new FitRequest { Parameters = ["split_seed=3"] }, CancellationToken.None))
            .Refusal().Message.ShouldContain("-p sets split_seed");
    }

    [Fact]
    public async Task More_repeats_are_whole_blocks_and_follow_the_draws()
    {
        var group = await _workspace.RecordAsync(request => request with { Vary = ["seed", "split"], Repeat = 3 });
        var extended = (await new GroupExtender(_workspace.Services).ExtendAsync(group.Id, 2, CancellationToken.None)).Value();
        (extended.Group.Repeat, extended.Runs.Count).ShouldBe((15, 6));
        extended.Runs[0].Seed.ShouldBe(SeedSequence.Derive(0, 7));
    }

    [Fact]
    public async Task A_group_that_varies_sources_is_not_compared_with_another()
    {
        var varied = await _workspace.RecordAsync(request => request with { Vary = ["seed", "split"], Repeat = 3 });
        var plain = await _workspace.RecordAsync(request => request with { Repeat = 3 });
        var options = new ComparisonOptions();
        (await new GroupLoader(_workspace.Services).CompareAsync([plain.Id, varied.Id], null, options, CancellationToken.None))
            .Refusal().Message.ShouldContain("--vary");
        (await new PlannedComparer(_workspace.Services).StepAsync([plain.Id, varied.Id], null, options, 20, CancellationToken.None))
            .Refusal().Message.ShouldContain("--vary");
    }

    private Task<Outcome<FitPlan>> Plan(string[] sources, int repeat = 5) =>
        _workspace.PlanAsync(request => request with { Vary = sources, Repeat = repeat });
}
