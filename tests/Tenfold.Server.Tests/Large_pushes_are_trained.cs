using System.Text.Json;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class Large_pushes_are_trained
{
    private static readonly PushRef Main = new("main");

    [Fact]
    public async Task Git_is_asked_for_what_the_payload_of_a_push_of_two_thousand_commits_leaves_out()
    {
        await using var scene = new TrainingScene();
        var first = await StartAsync(scene);
        var commits = scene.Origin.PushMany("main", 2000, "train.sh", TrainingScene.Script("0.2"));
        commits.Count.ShouldBe(2000);
        // The list has the newest twenty. None of them changes a file of the project.
        var body = JsonSerializer.Serialize(new
        {
            @ref = "refs/heads/main",
            before = first,
            after = commits[^1],
            commits = commits.TakeLast(20).Select(commit => new { id = commit, modified = new[] { "notes" } }),
            repository = new { id = 1, full_name = TrainingScene.Repository },
        });
        await scene.DeliverAsync(body);
        var project = (await scene.EndAsync(Main)).Projects.ShouldHaveSingleItem();
        (project.Outcome, project.BaselineCommit).ShouldBe((PushOutcome.Success, first));
        (await CommitOfAsync(scene, project)).ShouldBe(commits[^1]);
    }

    [Fact]
    public async Task A_merge_trains_what_it_brings()
    {
        await using var scene = new TrainingScene();
        var first = await StartAsync(scene);
        var topic = scene.Origin.Push("topic", ("train.sh", TrainingScene.Script("0.3")));
        scene.Origin.GoTo(first);
        var other = scene.Origin.Push("main", ("README", "x"));
        (await scene.TrainAsync(Main, other, first)).Projects.ShouldBeEmpty();
        var merge = scene.Origin.Merge("main", topic);
        var project = (await scene.TrainAsync(Main, merge, other)).Projects.ShouldHaveSingleItem();
        (project.Outcome, project.BaselineCommit).ShouldBe((PushOutcome.Success, first));
        (await CommitOfAsync(scene, project)).ShouldBe(merge);
    }

    [Fact]
    public async Task The_newest_of_five_hundred_pushes_is_trained_alone()
    {
        await using var scene = new TrainingScene();
        var first = await StartAsync(scene);
        var commits = scene.Origin.PushMany("main", 500, "train.sh", TrainingScene.Script("0.2"));
        var before = first;
        foreach (var commit in commits)
        {
            await scene.DeliverAsync(Main, commit, before);
            before = commit;
        }

        var push = await scene.EndAsync(Main);
        push.Commit.ShouldBe(commits[^1]);
        var project = push.Projects.ShouldHaveSingleItem();
        (project.BaselineCommit, await CommitOfAsync(scene, project)).ShouldBe((first, commits[^1]));
        (await scene.GroupsAsync()).Count.ShouldBe(2, "the first push and the newest");
        (await scene.Services.Pushes.ListPushesAsync(TrainingScene.Repository, Main, 1000, CancellationToken.None))
            .Count(older => older.State == PushState.Superseded).ShouldBe(499);
    }

    [Fact]
    public async Task A_push_that_replaces_the_first_ones_brings_what_they_changed()
    {
        await using var scene = new TrainingScene();
        var left = scene.Origin.Push("main", ("README", "x"));
        var yaml = scene.Project("{ push: { repeat: 1, paths: [train.sh] } }");
        var first = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.1")));
        var second = scene.Origin.Push("main", ("README", "y"));
        var third = scene.Origin.Push("main", ("README", "z"));
        await scene.DeliverAsync(Main, first, left);
        await scene.DeliverAsync(Main, second, first);
        await scene.DeliverAsync(Main, third, second);
        var project = (await scene.EndAsync(Main)).Projects.ShouldHaveSingleItem();
        (await CommitOfAsync(scene, project)).ShouldBe(third);
    }

    private static async Task<string> StartAsync(TrainingScene scene)
    {
        var yaml = scene.Project("{ push: { repeat: 1, paths: [train.sh] } }");
        var first = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.1")));
        (await scene.TrainAsync(Main, first)).Projects.ShouldHaveSingleItem().Outcome.ShouldBe(PushOutcome.Success);
        return first;
    }

    private static async Task<string?> CommitOfAsync(TrainingScene scene, PushProject project) =>
        (await scene.Services.Ledger.FindGroupAsync(project.Group!, CancellationToken.None))?.GitCommit;
}
