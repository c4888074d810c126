using System.Net;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

/// <summary>What each kind of event leads to. Members that hosts leave out, or send as null, are no error.</summary>
public sealed class Payloads_are_read(ServerScene scene) : IClassFixture<ServerScene>
{
    private static readonly string Zeros = new('0', 40), Commit = new('c', 40);

    public static TheoryData<string, string, string> Ignored { get; } = new()
    {
        { "push", $$"""{"ref":"refs/tags/v1","after":"{{Commit}}"}""", "refs/tags/v1 is no branch" },
        { "push", $$"""{"ref":"refs/heads/a/b","after":"{{Zeros}}","deleted":true,"head_commit":null}""", "a/b was deleted" },
        { "push", """{"ref":"refs/heads/main","after":null}""", "main was deleted" },
        { "push", """{"ref":null}""", "no branch" },
        { "push", """{"ref":7}""", "no branch" },
        { "ping", """{"zen":"Keep it logically awesome."}""", "ping" },
        { "workflow_run", "{}", "workflow_run starts no runs" },
        { "pull_request", """{"action":"closed","number":7}""", "closed" },
        { "pull_request", """{"action":"edited","number":7,"changes":{"title":{}}}""", "edited" },
        { "pull_request", """{"action":"opened","number":7,"pull_request":{"head":{"sha":"short"}}}""", "no commit" },
        { "pull_request", """{"action":"opened","pull_request":null}""", "no commit" },
    };

    [Theory]
    [MemberData(nameof(Ignored))]
    public async Task An_event_without_a_commit_to_train_is_ignored_with_a_reason(string @event, string members, string words)
    {
        var delivery = await DeliverAsync(@event, members);
        (delivery.State, delivery.Push).ShouldBe((DeliveryState.Ignored, null));
        delivery.Detail.ShouldNotBeNull().ShouldContain(words);
    }

    [Theory]
    [InlineData("a/b/c", null)]
    [InlineData("first", "zeros")]
    [InlineData("forced", "aaaa")]
    public async Task A_push_to_a_branch_leads_to_a_push(string branch, string? before)
    {
        var old = before switch { null => null, "zeros" => Zeros, _ => new string('a', 40) };
        var members = $$"""{"ref":"refs/heads/{{branch}}","after":"{{Commit.ToUpperInvariant()}}","forced":true,"before":""";
        var delivery = await DeliverAsync("push", $"{members}{(old is null ? "null" : $"\"{old}\"")}}}");
        delivery.State.ShouldBe(DeliveryState.Done);
        var push = (await PushesAsync(new PushRef(branch))).ShouldHaveSingleItem();
        (push.Id, push.Commit, push.Before).ShouldBe((delivery.Push, Commit, old == Zeros ? null : old));
    }

    [Theory]
    [InlineData(1, """{"id":1}""", false)]
    [InlineData(2, """{"id":2}""", true)]
    [InlineData(3, "null", true)]
    public async Task A_pull_request_is_a_fork_unless_its_head_is_in_the_repository(int number, string head, bool isFork)
    {
        await DeliverAsync(
            "pull_request",
            $$$"""
            {"action":"synchronize","number":{{{number}}},"pull_request":{"base":{"ref":"main"},
            "head":{"sha":"{{{Commit}}}","repo":{{{head}}} } } }
            """);
        var push = (await PushesAsync(new PushRef("main") { Number = number })).ShouldHaveSingleItem();
        (push.Ref.Branch, push.Ref.Number, push.Ref.IsFromFork).ShouldBe(("main", number, isFork));
    }

    [Theory]
    [InlineData(1, "open", "", 5, false)]
    [InlineData(2, "open", "", 6, true)]
    [InlineData(3, "reopen", "", null, true)]
    [InlineData(4, "update", "an old revision", 5, false)]
    public async Task A_merge_request_is_a_fork_unless_its_source_is_its_target(
        int number, string action, string revision, int? source, bool isFork)
    {
        var delivery = await DeliverMergeRequestAsync(
            $"{MergeRequest(number, action, source)}{(revision is "" ? "" : $",\"oldrev\":\"{new string('a', 40)}\"")}");
        delivery.State.ShouldBe(DeliveryState.Done);
        var push = (await PushesAsync(new PushRef("main") { Number = number }, "acme/lab")).ShouldHaveSingleItem();
        (push.Commit, push.Before, push.Ref.Branch, push.Ref.IsFromFork).ShouldBe((Commit, null, "main", isFork));
    }

    [Theory]
    [InlineData("update", "the action update")]
    [InlineData("merge", "the action merge")]
    [InlineData("close", "the action close")]
    [InlineData("open", "no commit")]
    public async Task A_merge_request_without_new_commits_is_ignored_with_a_reason(string action, string words)
    {
        var members = MergeRequest(5, action, 5);
        var delivery = await DeliverMergeRequestAsync(action == "open" ? members.Replace(Commit, "short") : members);
        (delivery.State, delivery.Push).ShouldBe((DeliveryState.Ignored, null));
        delivery.Detail.ShouldNotBeNull().ShouldContain(words);
    }

    [Theory]
    [InlineData("Gitea", "acme/tea", 1, 1, false)]
    [InlineData("Gitea", "acme/tea", 2, 2, true)]
    [InlineData("Forgejo", "acme/forge", 3, 2, true)]
    public async Task Pull_requests_of_Gitea_and_Forgejo_are_read_as_those_of_GitHub(
        string host, string repository, int number, int from, bool isFork)
    {
        var body =
            $$$"""
            {"action":"synchronized","number":{{{number}}},"pull_request":{"id":9,"number":{{{number}}},
            "base":{"label":"main","ref":"main","sha":"{{{Zeros}}}","repo_id":1,"repo":{"id":1} },
            "head":{"label":"topic","ref":"topic","sha":"{{{Commit}}}","repo_id":{{{from}}},"repo":{"id":{{{from}}}} } },
            "repository":{"id":1,"full_name":"{{{repository}}}"},"review":null}
            """;
        var id = Guid.NewGuid().ToString("N");
        (await scene.SendAsync(
            body, "/hooks", "application/json", ($"X-{host}-Event", "pull_request"), ($"X-{host}-Event-Type", "pull_request_sync"),
            ($"X-{host}-Delivery", id), ("X-Hub-Signature-256", $"sha256={ServerScene.Sign(ServerScene.Secret, body)}"),
            ($"X-{host}-Signature", ServerScene.Sign(ServerScene.Secret, body)))).ShouldBe(HttpStatusCode.Accepted);
        (await scene.ReadAsync($"{host.ToLowerInvariant()}-{id}")).State.ShouldBe(DeliveryState.Done);
        var push = (await PushesAsync(new PushRef("main") { Number = number }, repository)).ShouldHaveSingleItem();
        (push.Commit, push.Ref.IsFromFork).ShouldBe((Commit, isFork));
    }

    // Source: GitLab, "Webhook events", merge request events.
    private static string MergeRequest(int number, string action, int? source) =>
        $$$"""
        "id":99,"iid":{{{number}}},"target_branch":"main","source_branch":"topic","state":"opened","action":"{{{action}}}",
        "source_project_id":{{{(source is { } id ? $"{id}" : "null")}}},"target_project_id":5,
        "last_commit":{"id":"{{{Commit}}}","message":"change"}
        """;

    private async Task<Delivery> DeliverMergeRequestAsync(string attributes)
    {
        var id = Guid.NewGuid().ToString("N");
        var body =
            $$$"""
            {"object_kind":"merge_request","event_type":"merge_request","project":{"id":5,"path_with_namespace":"acme/lab"},
            "object_attributes":{{{{attributes}}}},"changes":{} }
            """;
        (await scene.SendAsync(
            body, "/hooks", "application/json", ("X-Gitlab-Event", "Merge Request Hook"), ("X-Gitlab-Event-UUID", id),
            ("X-Gitlab-Token", ServerScene.Secret))).ShouldBe(HttpStatusCode.Accepted);
        return await scene.ReadAsync($"gitlab-{id}");
    }

    private async Task<Delivery> DeliverAsync(string @event, string members)
    {
        var id = Guid.NewGuid().ToString("N");
        var repository = "\"repository\":{\"id\":1,\"full_name\":\"Acme/Vision\"}}";
        var body = members.TrimEnd()[..^1] + (members.Trim() == "{}" ? "" : ",") + repository;
        (await scene.DeliverAsync(body, id, @event)).ShouldBe(HttpStatusCode.Accepted);
        return await scene.ReadAsync($"github-{id}");
    }

    private Task<IReadOnlyList<PushRecord>> PushesAsync(PushRef place, string repository = "acme/vision") =>
        scene.Services.Pushes.ListPushesAsync(repository, place, 10, CancellationToken.None);
}
