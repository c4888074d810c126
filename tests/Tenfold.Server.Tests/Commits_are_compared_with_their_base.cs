using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class Commits_are_compared_with_their_base
{
    private static readonly PushRef Main = new("main"), Seven = new("main") { Number = 7 };

    [Fact]
    public async Task A_broken_commit_is_no_baseline()
    {
        await using var scene = new TrainingScene();
        var yaml = scene.Project("{ push: { repeat: 6, fail_on: worse } }");
        var good = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        var group = (await scene.TrainAsync(Main, good)).Projects[0].Group;
        var broken = scene.Origin.Push("main", ("train.sh", "exit 1\n"));
        (await scene.TrainAsync(Main, broken, good)).Projects[0].Outcome.ShouldBe(PushOutcome.Failure);
        var worse = scene.Origin.Push("main", ("train.sh", TrainingScene.WorseScript));
        var judged = (await scene.TrainAsync(Main, worse, broken)).Projects.ShouldHaveSingleItem();
        (judged.Baseline, judged.BaselineCommit, judged.Outcome).ShouldBe((group, good, PushOutcome.Failure), judged.Detail);
    }

    // The worse script is worse by 0.38 on average.
    [Theory]
    [InlineData("worse, margin: 0.2", PushOutcome.Failure, "Worse by more than 0.20.")]
    [InlineData("worse, margin: 0.5", PushOutcome.Success, "The same within ±0.5")]
    [InlineData("maybe_worse, margin: 0.2", PushOutcome.Failure, "Worse by more than 0.20.")]
    [InlineData("maybe_worse, margin: 0.38", PushOutcome.Failure, "Not shown to be no worse by 0.38.")]
    [InlineData("maybe_worse, margin: 0.5", PushOutcome.Success, "The same within ±0.5")]
    public async Task A_gate_with_a_margin_judges_by_it(string rule, PushOutcome outcome, string words)
    {
        await using var scene = new TrainingScene();
        var yaml = scene.Project($"{{ push: {{ repeat: 6, fail_on: {rule} }} }}");
        var good = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        await scene.TrainAsync(Main, good);
        var worse = scene.Origin.Push("main", ("train.sh", TrainingScene.WorseScript));
        var judged = (await scene.TrainAsync(Main, worse, good)).Projects.ShouldHaveSingleItem();
        judged.Outcome.ShouldBe(outcome, judged.Detail);
        judged.Detail.ShouldNotBeNull().ShouldContain(words);
    }

    [Fact]
    public async Task A_commit_that_undoes_a_broken_one_is_not_compared_with_itself()
    {
        await using var scene = new TrainingScene();
        var yaml = scene.Project("{ push: { repeat: 2, fail_on: worse } }");
        var good = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        var group = (await scene.TrainAsync(Main, good)).Projects[0].Group;
        var broken = scene.Origin.Push("main", ("train.sh", "exit 1\n"));
        await scene.TrainAsync(Main, broken, good);
        var undone = scene.Origin.Push("main", ("train.sh", TrainingScene.Script("0.9")));
        var project = (await scene.TrainAsync(Main, undone, broken)).Projects.ShouldHaveSingleItem();
        (project.Group, project.Baseline, project.Outcome).ShouldBe((group, null, PushOutcome.Success), project.Detail);
        project.Detail.ShouldNotBeNull().ShouldContain("there is nothing to compare");
    }

    [Theory]
    [InlineData("exit 1\n", ", fail_on: worse", PushOutcome.Error)]
    [InlineData("echo no metric\n", ", fail_on: worse", PushOutcome.Error)]
    [InlineData("echo '{\"metric\":\"accuracy\",\"value\":0.5}'\n", ", fail_on: worse", PushOutcome.Error)]
    [InlineData("exit 1\n", "", PushOutcome.Success)]
    public async Task A_gate_that_could_compare_nothing_does_not_pass(string script, string gate, PushOutcome outcome)
    {
        await using var scene = new TrainingScene();
        var yaml = scene.Project($"{{ pull_request: {{ repeat: 2{gate} }} }}");
        scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", script));
        var head = scene.Origin.PushTo("refs/pull/7/head", ("train.sh", TrainingScene.Script("0.9")));
        var project = (await scene.TrainAsync(Seven, head)).Projects.ShouldHaveSingleItem();
        project.Outcome.ShouldBe(outcome, project.Detail);
        if (outcome == PushOutcome.Error) project.Detail.ShouldNotBeNull().ShouldStartWith("could not be compared: ");
    }

    [Fact]
    public async Task Runs_that_another_home_has_not_started_do_not_count()
    {
        await using var scene = new TrainingScene();
        var yaml = scene.Project("{ push: { branches: ['**'], repeat: 1 } }");
        var commit = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        scene.Origin.Push("other");
        await scene.DeliverAsync(Main, commit);
        await scene.PlanAsync();
        var pending = (await scene.GroupsAsync()).ShouldHaveSingleItem();
        // The home that recorded them is no longer here: this one has another key.
        File.Delete(Path.Combine(scene.Services.Home, "work.key"));
        scene.Restart();
        var project = (await scene.TrainAsync(new PushRef("other"), commit)).Projects.ShouldHaveSingleItem();
        project.Outcome.ShouldBe(PushOutcome.Success);
        project.Group.ShouldNotBe(pending.Id);
    }
}
