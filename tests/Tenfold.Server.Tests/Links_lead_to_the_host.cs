using System.Text.Json;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class Links_lead_to_the_host
{
    private static readonly PushRef Main = new("main"), Seven = new("main") { Number = 7 };

    [Fact]
    public async Task Commits_are_linked_in_the_comment_and_a_status_links_the_comment()
    {
        await using var host = await HostDouble.StartAsync();
        await using var scene = new TrainingScene($", token: HOST_TOKEN, api: \"{host.Url}\"", ("HOST_TOKEN", "token"));
        await using var git = await GitOverHttp.StartAsync(Path.GetDirectoryName(scene.Origin.Url)!);
        scene.Change(repository => repository with { Url = $"{git.Url}/origin.git" });
        var page = $"{git.Url}/origin";
        var yaml = scene.Project("{ push: { repeat: 1 }, pull_request: { repeat: 6 } }");
        var left = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        var head = scene.Origin.PushTo("refs/pull/7/head", ("train.sh", TrainingScene.WorseScript));
        await scene.TrainAsync(Seven, head);
        var (id, comment) = host.Comments.ShouldHaveSingleItem();
        comment.ShouldContain($"commit [`{head[..10]}`]({page}/commit/{head}), compared with [`{left[..10]}`]({page}/commit/{left})");
        TargetsOf(host, head).ShouldBe([$"{page}/compare/{left}...{head}", $"{page}/pull/7#issuecomment-{id}"]);

        await scene.TrainAsync(Main, left);
        TargetsOf(host, left).ShouldAllBe(target => target == null, "there is nothing to compare with yet");
        var next = scene.Origin.PushTo("refs/heads/main", ("train.sh", TrainingScene.Script("0.8")));
        await scene.TrainAsync(Main, next, left);
        TargetsOf(host, next)[^1].ShouldBe($"{page}/compare/{left}...{next}");
    }

    private static IReadOnlyList<string?> TargetsOf(HostDouble host, string commit) =>
    [
        .. host.Calls.Where(call => call.Path.EndsWith($"/statuses/{commit}", StringComparison.Ordinal)).Select(
            call => JsonDocument.Parse(call.Body).RootElement.TryGetProperty("target_url", out var url) ? url.GetString() : null),
    ];
}
