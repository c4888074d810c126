using Tenfold.Core.Pushes;
using Tenfold.Core.Runs;

namespace Tenfold.Server.Tests;

public sealed class Pushes_are_trained
{
    private static readonly PushRef Main = new("main");

    [Fact]
    public async Task A_push_runs_its_commit_and_is_compared_with_the_one_before()
    {
        await using var scene = new TrainingScene();
        var yaml = scene.Project("{ push: { repeat: 6 } }");
        var first = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")), ("README", ""));
        var push = await scene.TrainAsync(Main, first);
        push.State.ShouldBe(PushState.Done, push.Detail);
        var project = push.Projects.ShouldHaveSingleItem();
        (project.Folder, project.Outcome, project.Baseline).ShouldBe(("", PushOutcome.Success, null));
        project.Detail.ShouldNotBeNull().ShouldContain("nothing to compare with yet");
        var group = (await scene.Services.Ledger.FindGroupAsync(project.Group!, CancellationToken.None)).ShouldNotBeNull();
        (group.GitCommit, group.GitDirty, group.Repeat, group.Target).ShouldBe((first, false, 6, "lab"));

        var worse = scene.Origin.Push("main", ("train.sh", TrainingScene.WorseScript));
        var second = (await scene.TrainAsync(Main, worse, first)).Projects.ShouldHaveSingleItem();
        (second.Baseline, second.BaselineCommit).ShouldBe((project.Group, first));
        second.Detail.ShouldNotBeNull().ShouldStartWith("worse: ");
        second.Outcome.ShouldBe(PushOutcome.Success, "nothing says that a worse commit fails");
        (await SeedsAsync(scene, second)).ShouldBe(await SeedsAsync(scene, project));
    }

    [Fact]
    public async Task A_push_that_changes_no_file_of_a_project_starts_nothing()
    {
        await using var scene = new TrainingScene();
        var on = "{ push: { branches: [main, 'exp/*'], paths: ['models/**'], repeat: 1 } }";
        var first = scene.Origin.Push(
            "main",
            ("a/tenfold.yaml", scene.Project(on)), ("a/train.sh", TrainingScene.Script("0.1")), ("a/models/net", "1"),
            ("b/tenfold.yaml", scene.Project(on.Replace("models/**", "/shared/*"))), ("b/train.sh", TrainingScene.Script("0.2")),
            ("c/tenfold.yaml", scene.Project("{ push: { branches: [other] } }")), ("c/train.sh", ""), ("shared/x", "1"));
        (await scene.TrainAsync(Main, first)).Projects.Select(project => project.Folder).ShouldBe(["a", "b"]);
        var readme = scene.Origin.Push("main", ("README", "x"), ("a/other", "x"), ("b/models/net", "x"));
        var nothing = await scene.TrainAsync(Main, readme, first);
        (nothing.State, nothing.Projects.Count).ShouldBe((PushState.Done, 0));
        nothing.Detail.ShouldNotBeNull().ShouldContain("no file of a project");
        // Three commits in one push: what changed since the last training counts, not what the payload lists.
        scene.Origin.Push("main", ("shared/x", "2"));
        var last = scene.Origin.Push("main", ("README", "y"));
        (await scene.TrainAsync(Main, last, readme)).Projects.ShouldHaveSingleItem().Folder.ShouldBe("b");
        (await scene.TrainAsync(new PushRef("feature/x"), Branch(scene, "feature/x"))).Projects.ShouldBeEmpty();
        var experiment = await scene.TrainAsync(new PushRef("exp/x"), Branch(scene, "exp/x"));
        experiment.Projects.Select(project => project.Folder).ShouldBe(["a"], "a new branch is compared with the default branch");
    }

    [Fact]
    public async Task Rewritten_and_removed_branches_are_no_error()
    {
        await using var scene = new TrainingScene();
        var yaml = scene.Project("{ push: { branches: ['**'], repeat: 1 } }");
        var first = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.1")));
        var gone = scene.Origin.Push("main", ("train.sh", TrainingScene.Script("0.2")));
        scene.Origin.GoTo(first);
        var forced = scene.Origin.Push("main", ("train.sh", TrainingScene.Script("0.3")));
        (await scene.TrainAsync(Main, gone, first)).Detail.ShouldNotBeNull().ShouldContain("no longer has");
        (await scene.TrainAsync(Main, forced, gone)).Projects.ShouldHaveSingleItem().Outcome.ShouldBe(PushOutcome.Success);
        scene.Origin.Push("short");
        scene.Origin.Delete("short");
        (await scene.TrainAsync(new PushRef("short"), forced)).Detail.ShouldNotBeNull().ShouldContain("no longer exists");
        foreach (var name in new[] { "--upload-pack=touch x", "a b", "a..b", "x:refs/heads/y" })
            (await scene.TrainAsync(new PushRef(name), forced)).Detail.ShouldNotBeNull().ShouldContain("no longer exists");
    }

    [Fact]
    public async Task A_project_with_faults_is_reported_and_others_run()
    {
        await using var scene = new TrainingScene();
        var good = scene.Project("{ push: { repeat: 1 } }");
        var commit = scene.Origin.Push("main", ("a/tenfold.yaml", good + "repaet: 3\n"), ("a/train.sh", ""),
            ("b/tenfold.yaml", good.Replace("sh train.sh", "sh {nothing}")), ("b/train.sh", ""),
            ("c/tenfold.yaml", good), ("c/train.sh", "exit 3\n"),
            ("d/tenfold.yaml", good), ("d/train.sh", TrainingScene.Script("0.1")));
        var push = await scene.TrainAsync(Main, commit);
        push.Projects.Select(project => project.Outcome)
            .ShouldBe([PushOutcome.Error, PushOutcome.Error, PushOutcome.Failure, PushOutcome.Success]);
        push.Projects[0].Detail.ShouldNotBeNull().ShouldContain("repeat");
        push.Projects[2].Detail.ShouldNotBeNull().ShouldContain("1 of 1 run did not succeed");
    }

    [Fact]
    public async Task A_pull_request_is_compared_with_the_commit_at_which_it_left()
    {
        await using var scene = new TrainingScene();
        var yaml = scene.Project("{ push: { repeat: 6 }, pull_request: { repeat: 6, fail_on: worse } }");
        var left = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        var trained = (await scene.TrainAsync(Main, left)).Projects[0].Group;
        scene.Origin.Push("main", ("train.sh", TrainingScene.Script("0.2")));
        scene.Origin.GoTo(left);
        var head = scene.Origin.PushTo("refs/pull/7/head", ("train.sh", TrainingScene.WorseScript));
        var push = await scene.TrainAsync(new PushRef("main") { Number = 7 }, head);
        var project = push.Projects.ShouldHaveSingleItem();
        (project.Baseline, project.BaselineCommit, project.Outcome).ShouldBe((trained, left, PushOutcome.Failure));
        project.Detail.ShouldNotBeNull().ShouldStartWith("worse: ");
        (await scene.GroupsAsync()).Count.ShouldBe(2, "the baseline had run already");
        // The same commit again has the same files, data and seeds.
        (await scene.TrainAsync(new PushRef("main") { Number = 7 }, head)).Projects[0].Group.ShouldBe(project.Group);
        (await scene.GroupsAsync()).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("", 0, null)]
    [InlineData(", forks: without_secrets", 1, "0")]
    [InlineData(", forks: with_secrets", 1, "4")]
    public async Task A_fork_runs_only_as_the_repository_allows(string forks, int projects, string? length)
    {
        await using var scene = new TrainingScene();
        var yaml = scene.Project($"{{ pull_request: {{ repeat: 1{forks} }} }}", "  secrets: [LAB_TOKEN]");
        var script = "echo \"{\\\"metric\\\":\\\"accuracy\\\",\\\"value\\\":${#LAB_TOKEN}}\"\n";
        var main = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", "exit 1\n"));
        // The fork asks for more than it may have: another target, and everything that the base does not allow.
        var greedy = yaml.Replace($"repeat: 1{forks}", "repeat: 1, forks: with_secrets, target: local");
        var head = scene.Origin.PushTo("refs/pull/8/head", ("tenfold.yaml", greedy), ("train.sh", script));
        head.ShouldNotBe(main);
        var push = await scene.TrainAsync(new PushRef("main") { Number = 8, IsFromFork = true }, head);
        push.Projects.Count.ShouldBe(projects, push.Detail);
        if (length is null) return;
        var group = (await scene.Services.Ledger.FindGroupAsync(push.Projects[0].Group!, CancellationToken.None)).ShouldNotBeNull();
        group.Target.ShouldBe("lab");
        var run = (await scene.Services.Ledger.ListRunsAsync(group.Id, CancellationToken.None)).ShouldHaveSingleItem();
        run.Run.State.ShouldBe(RunState.Succeeded);
        $"{run.Metrics.Single().Last}".ShouldBe(length);
    }

    private static async Task<IEnumerable<long>> SeedsAsync(TrainingScene scene, PushProject project) =>
        (await scene.Services.Ledger.ListRunsAsync(project.Group!, CancellationToken.None)).Select(run => run.Run.Seed);

    private static string Branch(TrainingScene scene, string name) =>
        scene.Origin.Push(name, ("a/models/net", name), ("a/train.sh", TrainingScene.Script("0.4")));
}
