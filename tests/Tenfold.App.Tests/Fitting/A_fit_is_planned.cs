using Tenfold.App.Fitting;
using Tenfold.Core.Outcomes;

namespace Tenfold.App.Tests.Fitting;

public sealed class A_fit_is_planned : IDisposable
{
    private readonly Workspace _workspace = new((options, _) => options with
    {
        Session = options.Session with
        {
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["LANG"] = "C", ["PASSWORD"] = "hush" },
        },
        Secrets = name => name == "TOKEN" ? "token" : null,
    });

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_target_without_spot_machines_is_noted_when_the_project_wants_them()
    {
        using var workspace = new Workspace();
        (await workspace.PlanAsync()).Value().Notes.ShouldNotContain(note => note.Contains("spot"));
        workspace.Configure("resources: { spot: true }");
        (await workspace.PlanAsync()).Value().Notes.ShouldContain("resources.spot has no effect on local, which has no spot machines");
    }

    [Fact]
    public async Task The_plan_pins_the_code_the_parameters_the_data_and_the_shell()
    {
        _workspace.Write("data/a.csv", "1,2\n");
        _workspace.Configure("  params: { rate: 0.1, layers: 2 }\n  data: { train: data/a.csv }");
        var plan = (await _workspace.PlanAsync(request => request with { Parameters = ["rate=0.2"], Repeat = 3 })).Value();
        var spec = plan.Group.Spec;
        spec.Snapshot.Length.ShouldBe(64);
        spec.Parameters.GetRawText().ShouldBe("""{"rate":0.2,"layers":2}""");
        spec.Data["train"].SizeBytes.ShouldBe(4);
        spec.Shell.ShouldBe(new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["LANG"] = "C" }, ignoreOrder: true);
        (plan.Group.Target, plan.Group.Host, spec.Store).ShouldBe(("local", "laptop", null));
        plan.Runs.Select(run => run.Id).ShouldBe([.. Enumerable.Range(1, 3).Select(i => $"{plan.Group.Id}-{i}")]);
    }

    [Fact]
    public async Task Groups_with_the_same_base_seed_have_the_same_seeds()
    {
        var first = (await _workspace.PlanAsync(request => request with { Repeat = 4 })).Value();
        var second = (await _workspace.PlanAsync(request => request with { Repeat = 4 })).Value();
        var other = (await _workspace.PlanAsync(request => request with { Repeat = 4, Seed = 1 })).Value();
        first.Runs.Select(run => run.Seed).ShouldBeUnique();
        second.Runs.Select(run => run.Seed).ShouldBe(first.Runs.Select(run => run.Seed));
        other.Runs.Select(run => run.Seed).ShouldNotBe(first.Runs.Select(run => run.Seed));
        second.Group.Spec.Snapshot.ShouldBe(first.Group.Spec.Snapshot);
    }

    [Fact]
    public async Task A_plan_is_recorded_only_when_it_is_asked_for()
    {
        var plan = (await _workspace.PlanAsync()).Value();
        (await _workspace.Services.Ledger.ListGroupsAsync(10, CancellationToken.None)).ShouldBeEmpty();
        await new Submitter(_workspace.Services).RecordAsync(plan, _ => { }, CancellationToken.None);
        (await _workspace.Services.Ledger.ListGroupsAsync(10, CancellationToken.None)).ShouldHaveSingleItem().Id.ShouldBe(plan.Group.Id);
    }

    [Theory]
    [InlineData("", "rat=1", null, null, RefusalKind.BadInput, "rat")]
    [InlineData("", null, "cluster", null, RefusalKind.BadInput, "no such target")]
    [InlineData("", null, null, "accuracy:up", RefusalKind.BadInput, "accuracy:maximize or accuracy:minimize")]
    [InlineData("  data: { train: missing.csv }", null, null, null, RefusalKind.BadInput, "missing.csv")]
    [InlineData("  secrets: [ OTHER ]", null, null, null, RefusalKind.BadInput, "export OTHER=")]
    [InlineData("  environment: environment.yml", null, null, null, RefusalKind.Unavailable, "environment.yml")]
    public async Task A_plan_that_cannot_work_is_refused(
        string lines, string? parameter, string? on, string? metric, RefusalKind kind, string words)
    {
        _workspace.Write("environment.yml", "name: toy\n");
        _workspace.Configure(lines);
        var refusal = (await _workspace.PlanAsync(request => request with
        {
            Parameters = parameter is null ? [] : [parameter],
            On = on,
            Metric = metric,
        })).Refusal();
        refusal.Kind.ShouldBe(kind, refusal.Message);
        refusal.Message.ShouldContain(words);
    }

    [Fact]
    public async Task Secrets_come_from_the_host_and_are_not_recorded()
    {
        _workspace.Configure("  secrets: [ TOKEN ]");
        var spec = (await _workspace.PlanAsync()).Value().Group.Spec;
        spec.Secrets.ShouldBe(["TOKEN"]);
        spec.Shell.Keys.ShouldNotContain("TOKEN");
        spec.Shell.Keys.ShouldNotContain("PASSWORD");
    }

    [Fact]
    public async Task A_script_beside_a_tenfold_yaml_is_refused() =>
        (await _workspace.PlanAsync(request => request with { Script = $"{_workspace.Project}/train.sh" })).Refusal()
            .Message.ShouldContain("belongs to the project");

    [Fact]
    public async Task A_repeated_group_has_the_original_code_and_seeds()
    {
        _workspace.Configure("  params: { rate: 1 }");
        var original = await _workspace.RecordAsync(request => request with { Repeat = 3, Seed = 7 });
        _workspace.Write("train.sh", "exit 9\n");
        var plan = (await LikeAsync(original.Id, "rate=2")).Value();
        plan.Group.Like.ShouldBe(original.Id);
        plan.Group.Spec.Snapshot.ShouldBe(original.Spec.Snapshot);
        plan.Group.Spec.Parameters.GetRawText().ShouldBe("""{"rate":2}""");
        var runs = await _workspace.Services.Ledger.ListRunsAsync(original.Id, CancellationToken.None);
        plan.Runs.Select(run => run.Seed).ShouldBe(runs.Select(run => run.Run.Seed));
        var one = (await LikeAsync($"{original.Id}-2")).Value();
        (one.Group.Repeat, one.Runs.Single().Repeat, one.Runs.Single().Seed).ShouldBe((1, 2, runs[1].Run.Seed));
    }

    [Fact]
    public async Task A_group_whose_data_has_changed_cannot_be_repeated()
    {
        var data = _workspace.Write("data.csv", "one");
        _workspace.Configure("  data: { train: data.csv }");
        var original = await _workspace.RecordAsync();
        File.WriteAllText(data, "two");
        var refusal = (await LikeAsync(original.Id)).Refusal();
        (refusal.Kind, refusal.Message.Contains("data.csv has changed")).ShouldBe((RefusalKind.BadInput, true), refusal.Message);
        File.WriteAllText(data, "one");
        (await LikeAsync(original.Id)).Value().Group.Like.ShouldBe(original.Id);
    }

    private Task<Outcome<FitPlan>> LikeAsync(string id, params string[] parameters) =>
        _workspace.PlanAsync(request => request with { Script = null, Like = id, Parameters = parameters });
}
