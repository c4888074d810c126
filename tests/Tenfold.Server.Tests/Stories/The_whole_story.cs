using System.Net;
using Tenfold.Core.Pushes;
using Tenfold.Core.Runs;

namespace Tenfold.Server.Tests.Stories;

/// <summary>
/// A push over git and HTTP, a signed delivery to the server's own process, a machine of a pool, and the verdict on the pull request. Then
/// the server is killed again and again while that happens.
/// </summary>
public sealed class The_whole_story : IAsyncLifetime
{
    private readonly TrainingScene _scene = new();
    private HostDouble _host = null!;
    private GitOverHttp _git = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await HostDouble.StartAsync();
        _git = await GitOverHttp.StartAsync(Path.GetDirectoryName(_scene.Origin.Url)!);
        await File.WriteAllTextAsync(
            Path.Combine(_scene.Services.Home, "server.yaml"),
            $"repositories: {{ {TrainingScene.Repository}: {{ secret: HOOK_SECRET, token: HOST_TOKEN, api: \"{_host.Url}\", " +
            $"url: \"{_git.Url}/origin.git\" }} }}\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _git.DisposeAsync();
        await _host.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task A_pull_request_gets_its_verdict_however_often_the_server_is_killed()
    {
        const int kills = 4;
        var yaml = _scene.Project("{ pull_request: { repeat: 6, fail_on: worse } }");
        var left = _scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        var head = _scene.Origin.PushTo("refs/pull/7/head", ("train.sh", TrainingScene.WorseScript));
        await using var server = new ServerProgram(new Dictionary<string, string>
        {
            ["TENFOLD_HOME"] = _scene.Services.Home,
            ["HOST_TOKEN"] = "token",
        });
        await server.StartAsync();
        var body = StoryPayloads.PullRequest(head);
        (await server.DeliverAsync("pull_request", body, "delivery", "wrong")).ShouldBe(HttpStatusCode.BadRequest);
        for (var i = 0; i < 5; i++)
        {
            (await server.DeliverAsync("pull_request", body, "delivery"))
                .ShouldBe(i == 0 ? HttpStatusCode.Accepted : HttpStatusCode.OK);
        }

        var steps = new HashSet<string>();
        var killed = 0;
        for (; ; await Task.Delay(10))
        {
            var push = await PushesAsync() is [var newest, ..] ? newest : null;
            var open = await _scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None);
            if (push is { State: PushState.Done } && open.Count == 0) break;
            // At each step that has not been seen before, wherever exactly the server is then.
            if (killed == kills || !steps.Add(await StepAsync(push))) continue;
            killed++;
            await server.KillAsync();
            await server.StartAsync();
        }

        killed.ShouldBe(kills);
        await server.KillAsync();
        var project = (await PushesAsync()).ShouldHaveSingleItem().Projects.ShouldHaveSingleItem();
        (project.Outcome, project.BaselineCommit).ShouldBe((PushOutcome.Failure, left));
        var groups = await _scene.GroupsAsync();
        groups.Select(group => group.Id).ShouldBe([project.Group!, project.Baseline!], ignoreOrder: true);
        foreach (var group in groups)
        {
            var runs = await _scene.Services.Ledger.ListRunsAsync(group.Id, CancellationToken.None);
            runs.Select(run => (run.Run.State, run.Run.Attempts)).ShouldBe(Enumerable.Repeat((RunState.Succeeded, 1), 6));
        }

        _host.StatusesOf(head)[^1].State.ShouldBe("failure");
        _host.Comments.ShouldHaveSingleItem().Value.ShouldContain("worse");
        _git.Refused.ShouldBe(0);
        // The token is in no file of the server.
        Directory.EnumerateFiles(Path.Combine(_scene.Services.Home, "server"), "config", SearchOption.AllDirectories)
            .ShouldAllBe(file => !File.ReadAllText(file).Contains("token") && !File.ReadAllText(file).Contains("Basic"));
    }

    private async Task<string> StepAsync(PushRecord? push)
    {
        if (push is null) return "delivered";
        var groups = (await _scene.GroupsAsync()).Count;
        var project = push.Projects is [var first, ..] ? first : null;
        return $"{push.State} {push.Projects.Count} {groups} {project?.Outcome} {push.Posted.Count}";
    }

    private Task<IReadOnlyList<PushRecord>> PushesAsync() => _scene.Services.Pushes.ListPushesAsync(
        TrainingScene.Repository, new PushRef("main") { Number = 7 }, 10, CancellationToken.None);
}
