using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class Deliveries_are_received(ServerScene scene) : IClassFixture<ServerScene>
{
    private const string Type = "application/json";

    [Fact]
    public async Task A_signed_delivery_is_recorded_once_however_often_it_is_sent()
    {
        var body = ServerScene.Push(branch: "refs/heads/once");
        (await scene.DeliverAsync(body, "once")).ShouldBe(HttpStatusCode.Accepted);
        for (var i = 0; i < 4; i++) (await scene.DeliverAsync(body, "once")).ShouldBe(HttpStatusCode.OK);
        var delivery = await scene.ReadAsync("github-once");
        (delivery.State, delivery.Repository).ShouldBe((DeliveryState.Done, "acme/vision"));
        Encoding.UTF8.GetString(delivery.Body).ShouldBe(body);
        (await PushesAsync("once")).ShouldHaveSingleItem().Commit.ShouldBe(new string('1', 40));
    }

    [Fact]
    public async Task A_delivery_without_a_valid_signature_has_no_effect()
    {
        var body = ServerScene.Push();
        var good = $"sha256={ServerScene.Sign(ServerScene.Secret, body)}";
        (string Name, string Value)[][] wrong =
        [
            [],
            [("X-Hub-Signature-256", "")],
            [("X-Hub-Signature-256", good[..^1])],
            [("X-Hub-Signature-256", good[..^1] + (good[^1] == '0' ? '1' : '0'))],
            [("X-Hub-Signature-256", good["sha256=".Length..])],
            [("X-Hub-Signature-256", "sha256=" + new string('z', 64))],
            [("X-Hub-Signature-256", $"sha256={ServerScene.Sign("", body)}")],
            [("X-Hub-Signature-256", $"sha256={ServerScene.Sign(ServerScene.Secret, body + " ")}")],
            [("X-Hub-Signature-256", $"sha256={ServerScene.Sign(ServerScene.OtherSecret, body)}")],
            [("X-Hub-Signature", $"sha1={Sha1(body)}")],
            [("X-Gitlab-Token", ServerScene.Secret)],
        ];
        foreach (var headers in wrong)
        {
            (await scene.SendAsync(body, "/hooks", Type, [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "forged"), .. headers]))
                .ShouldBe(HttpStatusCode.BadRequest, string.Join(", ", headers));
        }

        // A repository whose secret is empty accepts nobody; and nobody signs for another repository.
        (await scene.DeliverAsync(ServerScene.Push("acme/open"), "forged", secret: "")).ShouldBe(HttpStatusCode.BadRequest);
        (await scene.DeliverAsync(ServerScene.Push("acme/other"), "forged")).ShouldBe(HttpStatusCode.BadRequest);
        (await scene.DeliverAsync(ServerScene.Push("acme/unknown"), "forged")).ShouldBe(HttpStatusCode.BadRequest);
        (await scene.DeliverAsync("{}", "forged")).ShouldBe(HttpStatusCode.BadRequest);
        (await scene.DeliverAsync("[not json", "forged")).ShouldBe(HttpStatusCode.BadRequest);
        (await scene.SendAsync(body, "/hooks", Type, ("X-Hub-Signature-256", good))).ShouldBe(HttpStatusCode.BadRequest);
        (await scene.FindAsync("github-forged")).ShouldBeNull();
    }

    [Fact]
    public async Task Old_signatures_count_only_where_they_are_switched_on()
    {
        var body = ServerScene.Push("acme/old");
        (await scene.SendAsync(
            body, "/hooks", Type, ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "sha1"), ("X-Hub-Signature", $"sha1={Sha1(body)}")))
            .ShouldBe(HttpStatusCode.Accepted);
        (await scene.ReadAsync("github-sha1")).Repository.ShouldBe("acme/old");
    }

    [Theory]
    [InlineData("gitea", "acme/tea", "X-Gitea-")]
    [InlineData("forgejo", "acme/forge", "X-Forgejo-,X-Gitea-")]
    public async Task Hosts_that_imitate_GitHub_are_told_apart(string host, string repository, string prefixes)
    {
        var body = ServerScene.Push(repository);
        var signature = ServerScene.Sign(ServerScene.Secret, body);
        var own = prefixes.Split(',').SelectMany(prefix => new (string Name, string Value)[]
        {
            ($"{prefix}Event", "push"), ($"{prefix}Delivery", $"{host}-1"), ($"{prefix}Signature", signature),
        });
        (string Name, string Value)[] headers =
        [
            .. own, ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "x"), ("X-Hub-Signature-256", $"sha256={signature}"),
        ];
        (await scene.SendAsync(body, "/hooks", Type, headers)).ShouldBe(HttpStatusCode.Accepted);
        (await scene.ReadAsync($"{host}-{host}-1")).Repository.ShouldBe(repository);
    }

    [Fact]
    public async Task GitLab_signs_by_a_token_or_by_a_signature()
    {
        var body = Json(
            ("object_kind", "push"), ("ref", "refs/heads/main"), ("before", new string('0', 40)), ("after", new string('2', 40)),
            ("project", new Dictionary<string, string> { ["path_with_namespace"] = "acme/lab" }));
        (await scene.SendAsync(
            body, "/hooks", Type, ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Event-UUID", "token"),
            ("X-Gitlab-Token", ServerScene.Secret)))
            .ShouldBe(HttpStatusCode.Accepted);
        (await scene.ReadAsync("gitlab-token")).State.ShouldBe(DeliveryState.Done);
        var signed = HMACSHA256.HashData(Encoding.UTF8.GetBytes(ServerScene.Secret), Encoding.UTF8.GetBytes($"signed.1700000000.{body}"));
        (string Name, string Value)[] headers =
        [
            ("X-Gitlab-Event", "Push Hook"), ("webhook-id", "signed"), ("webhook-timestamp", "1700000000"),
            ("webhook-signature", $"v1,AAAA v1,{Convert.ToBase64String(signed)}"),
        ];
        (await scene.SendAsync(body, "/hooks", Type, headers)).ShouldBe(HttpStatusCode.Accepted);
        (await scene.SendAsync(body + " ", "/hooks", Type, headers)).ShouldBe(HttpStatusCode.BadRequest);
        (await scene.SendAsync(
            body, "/hooks", Type, ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Event-UUID", "no"), ("X-Gitlab-Token", "wrong")))
            .ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_form_is_read_as_GitHub_signs_it()
    {
        var form = $"payload={Uri.EscapeDataString(ServerScene.Push(branch: "refs/heads/form"))}";
        (await scene.DeliverAsync(form, "form", type: "application/x-www-form-urlencoded")).ShouldBe(HttpStatusCode.Accepted);
        (await scene.ReadAsync("github-form")).State.ShouldBe(DeliveryState.Done);
        (await PushesAsync("form")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        var body = ServerScene.Push() + new string(' ', 2 << 20);
        (await scene.DeliverAsync(body, "long")).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await scene.FindAsync("github-long")).ShouldBeNull();
    }

    [Fact]
    public async Task The_old_paths_answer_as_they_did()
    {
        (await scene.Client.GetStringAsync("/pushservice")).ShouldContain("running");
        var body = ServerScene.Push(branch: "refs/heads/old");
        (await scene.DeliverAsync(body, "old", path: "/postreceive")).ShouldBe(HttpStatusCode.NoContent);
        (await scene.DeliverAsync(ServerScene.Push(), "old2", secret: "wrong", path: "/postreceive")).ShouldBe(HttpStatusCode.BadRequest);
        (await scene.ReadAsync("github-old")).State.ShouldBe(DeliveryState.Done);
    }

    [Fact]
    public async Task Five_hundred_pushes_to_a_branch_leave_the_newest()
    {
        const int count = 500;
        var codes = new List<HttpStatusCode>();
        // The last one comes alone, so that it is known which is the newest.
        foreach (var chunk in Enumerable.Range(0, count - 1).Chunk(50).Append([count - 1]))
        {
            codes.AddRange(await Task.WhenAll(chunk.Select(i => scene.DeliverAsync(
                ServerScene.Push(branch: "refs/heads/burst").Replace(new string('1', 40), $"{i + 1:x40}"), $"burst{i}"))));
        }

        codes.ShouldAllBe(code => code == HttpStatusCode.Accepted);
        for (var i = 0; i < count; i++) (await scene.ReadAsync($"github-burst{i}")).State.ShouldBe(DeliveryState.Done);
        var pushes = await scene.Services.Pushes.ListPushesAsync("acme/vision", new PushRef("burst"), 1000, CancellationToken.None);
        pushes.Count.ShouldBe(count);
        (pushes[0].State, pushes[0].Commit).ShouldBe((PushState.Waiting, $"{count:x40}"));
        pushes.Skip(1).ShouldAllBe(push => push.State == PushState.Superseded);
    }

    [Theory]
    [InlineData("acme/vision", 1)]
    [InlineData("acme/each", 3)]
    public async Task A_newer_push_to_a_branch_replaces_those_that_wait_by_choice(string repository, int waiting)
    {
        var body = ServerScene.Push(repository, "refs/heads/choice");
        for (var i = 0; i < 3; i++)
        {
            await scene.DeliverAsync(body.Replace(new string('1', 40), new string((char)('1' + i), 40)), $"{repository[5..]}{i}");
            await scene.ReadAsync($"github-{repository[5..]}{i}");
        }

        var pushes = await scene.Services.Pushes.ListPushesAsync(repository, new PushRef("choice"), 10, CancellationToken.None);
        pushes.Count.ShouldBe(3);
        pushes.Count(push => push.State == PushState.Waiting).ShouldBe(waiting);
        (pushes[0].Commit, pushes[0].State).ShouldBe((new string('3', 40), PushState.Waiting));
    }

    [Fact]
    public async Task A_delivery_that_arrives_often_at_once_is_recorded_once()
    {
        var body = ServerScene.Push(branch: "refs/heads/twin");
        var codes = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => scene.DeliverAsync(body, "twin")));
        codes.Count(code => code == HttpStatusCode.Accepted).ShouldBe(1);
        codes.Count(code => code == HttpStatusCode.OK).ShouldBe(39);
        await scene.ReadAsync("github-twin");
        (await PushesAsync("twin")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_delivery_can_be_read_again()
    {
        await scene.DeliverAsync(ServerScene.Push(branch: "refs/heads/again"), "again");
        await scene.ReadAsync("github-again");
        var desk = new App.Pushes.DeliveryDesk(scene.Services);
        (await desk.RedeliverAsync("github-again", CancellationToken.None)).Value().Id.ShouldBe("github-again");
        await scene.ReadAsync("github-again");
        (await PushesAsync("again")).Count.ShouldBe(2);
        (await desk.RedeliverAsync("nothing", CancellationToken.None)).Refusal().Message.ShouldContain("tenfold hooks list");
    }

    [Fact]
    public async Task A_working_server_is_healthy()
    {
        (await scene.Client.GetStringAsync("/health/live")).ShouldBe("ok");
        (await scene.Client.GetStringAsync("/health")).ShouldContain("\"status\":\"ok\"");
    }

    private Task<IReadOnlyList<PushRecord>> PushesAsync(string branch) =>
        scene.Services.Pushes.ListPushesAsync("acme/vision", new PushRef(branch), 10, CancellationToken.None);

    private static string Json(params (string Name, object Value)[] members) =>
        JsonSerializer.Serialize(members.ToDictionary(member => member.Name, member => member.Value));

#pragma warning disable CA5350 // Old hosts sign with it.
    private static string Sha1(string body) =>
        Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(ServerScene.Secret), Encoding.UTF8.GetBytes(body)));
#pragma warning restore CA5350
}
