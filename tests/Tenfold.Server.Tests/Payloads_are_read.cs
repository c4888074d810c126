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

    private async Task<Delivery> DeliverAsync(string @event, string members)
    {
        var id = Guid.NewGuid().ToString("N");
        var repository = "\"repository\":{\"id\":1,\"full_name\":\"Acme/Vision\"}}";
        var body = members.TrimEnd()[..^1] + (members.Trim() == "{}" ? "" : ",") + repository;
        (await scene.DeliverAsync(body, id, @event)).ShouldBe(HttpStatusCode.Accepted);
        return await scene.ReadAsync($"github-{id}");
    }

    private Task<IReadOnlyList<PushRecord>> PushesAsync(PushRef place) =>
        scene.Services.Pushes.ListPushesAsync("acme/vision", place, 10, CancellationToken.None);
}
