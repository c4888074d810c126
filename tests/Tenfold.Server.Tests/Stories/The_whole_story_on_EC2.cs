using System.Net;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests.Stories;

/// <summary>Push, machines of EC2 start, each runs, the verdict is on the pull request, the machines stop.</summary>
public sealed class The_whole_story_on_EC2
{
    private static readonly PushRef Seven = new("main") { Number = 7 };

    [Fact]
    public async Task Ten_machines_start_for_a_pull_request_and_stop_after_the_verdict()
    {
        const int machines = 10;
        await using var story = await InstanceStory.OpenAsync(machines, idle: "90s");
        var yaml = story.Project("{ pull_request: { repeat: 10, fail_on: worse } }");
        var left = story.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", story.Script(TrainingScene.Script("0.9"))));
        var head = story.Origin.PushTo("refs/pull/7/head", ("train.sh", story.Script(TrainingScene.WorseScript)));
        await story.Server.StartAsync();
        (await story.Server.DeliverAsync("pull_request", StoryPayloads.PullRequest(head), "1")).ShouldBe(HttpStatusCode.Accepted);
        await Eventually.ShouldBeAsync(() => story.Begun.Count == machines, "each machine has a run");
        story.Ids.ShouldAllBe(id => story.Aws.Ec2.StateOf(id) == "running");
        story.LetRunsEnd();
        var project = (await story.EndAsync(Seven)).Projects.ShouldHaveSingleItem();
        (project.Outcome, project.BaselineCommit).ShouldBe((PushOutcome.Failure, left));
        (await story.AttemptsAsync(project.Group!)).ShouldBe(Enumerable.Repeat(1, 10));
        (await story.AttemptsAsync(project.Baseline!)).ShouldBe(Enumerable.Repeat(1, 10));
        story.Ended.Distinct().Count().ShouldBe(20);
        story.Ended.Count.ShouldBe(20, "no run was executed twice");
        story.Host.StatusesOf(head)[^1].State.ShouldBe("failure");
        var comment = story.Host.Comments.ShouldHaveSingleItem().Value;
        comment.ShouldContain("worse");
        comment.ShouldMatch("about [0-9.]+ USD for the machines of this commit");
        await Eventually.ShouldBeAsync(
            () => story.Ids.TrueForAll(id => story.Aws.Ec2.StateOf(id) == "stopped"), "every machine has stopped itself");
        await Eventually.ShouldBeAsync(
            () => story.Ids.TrueForAll(id => story.MachineNews(id) is [var first, var last]
                && first.EndsWith(" starts", StringComparison.Ordinal) && last == $"pool ten: {id} has stopped"),
            "Slack is told of every machine that it starts and has stopped");
        story.Aws.Calls.All.ShouldNotContain(call => call.Operation == "TerminateInstances");
    }

    [Fact]
    public async Task Nothing_is_lost_or_done_twice_whatever_dies_or_is_away()
    {
        const int kills = 5, machines = 2;
        await using var story = await InstanceStory.OpenAsync(machines, idle: "600s");
        var yaml = story.Project("{ push: { repeat: 2 }, pull_request: { repeat: 4, fail_on: worse } }");
        var left = story.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", story.Script(TrainingScene.Script("0.9"))));
        var head = story.Origin.PushTo("refs/pull/7/head", ("train.sh", story.Script(TrainingScene.WorseScript)));
        await story.Server.StartAsync();
        // GitHub's API and Slack's are away.
        story.Host.Fail(int.MaxValue, HttpStatusCode.ServiceUnavailable);
        var body = StoryPayloads.PullRequest(head);
        (await story.Server.DeliverAsync("pull_request", body, "1", "wrong")).ShouldBe(HttpStatusCode.BadRequest);
        for (var i = 0; i < 5; i++)
        {
            (await story.Server.DeliverAsync("pull_request", body, "1"))
                .ShouldBe(i == 0 ? HttpStatusCode.Accepted : HttpStatusCode.OK);
        }

        var steps = new HashSet<string>();
        var hasCrashed = false;
        var push = await story.EndAsync(Seven, async push =>
        {
            if (!hasCrashed && story.Begun.Count >= machines && await story.CrashAsync())
            {
                hasCrashed = true;
                story.LetRunsEnd();
            }

            // At each step that has not been seen before, wherever exactly the server is then.
            if (steps.Count < kills && steps.Add($"{push?.State} {await story.CountGroupsAsync()} {story.Begun.Count > 0} {hasCrashed}"))
            {
                await story.Server.KillAsync();
                await story.Server.StartAsync();
            }

            // The runs are over: the hosts are back.
            if (push is { State: PushState.Done }) story.Host.Fail(0, default);
        });
        hasCrashed.ShouldBeTrue();
        steps.Count.ShouldBe(kills, "the server was killed at each");
        var project = push.Projects.ShouldHaveSingleItem();
        (project.Outcome, project.BaselineCommit).ShouldBe((PushOutcome.Failure, left));
        (await story.CountGroupsAsync()).ShouldBe(2);
        IReadOnlyList<int> attempts = [.. await story.AttemptsAsync(project.Group!), .. await story.AttemptsAsync(project.Baseline!)];
        attempts.Count(count => count > 1).ShouldBe(1, "the run of the machine that crashed");
        story.Ended.Count.ShouldBe(8, "no run was executed twice to its end");
        story.Host.StatusesOf(head).ShouldHaveSingleItem().State.ShouldBe("failure");
        story.Host.Comments.ShouldHaveSingleItem().Value.ShouldContain("worse");
        story.Host.Calls.Count(call => call.Body.Contains("#monitoring")).ShouldBe(2, "the runs have begun and ended");

        // Another push arrives while the machines are stopping.
        await story.StopMachinesAsync();
        story.Origin.GoTo(left);
        var next = story.Origin.Push("main", ("train.sh", story.Script(TrainingScene.Script("0.8"))));
        (await story.Server.DeliverAsync("push", StoryPayloads.Push(next, left), "2")).ShouldBe(HttpStatusCode.Accepted);
        (await story.EndAsync(new PushRef("main"))).Projects.ShouldHaveSingleItem().Outcome.ShouldBe(PushOutcome.Success);
        story.Host.StatusesOf(next)[^1].State.ShouldBe("success");
    }
}
