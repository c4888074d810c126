using System.Net;
using System.Text.Json;
using Tenfold.App.Access;
using Tenfold.App.Serving.Keys;
using Tenfold.Core.Keys;
using Tenfold.Core.Ledger;
using Tenfold.Core.Outcomes;
using Tenfold.Sql;

namespace Tenfold.Server.Tests;

public sealed class Keys_open_the_API(ApiScene scene) : IClassFixture<ApiScene>
{
    [Theory]
    [InlineData("/api/v1/runs")]
    [InlineData("/api/v1/groups/aaaabbbb")]
    [InlineData("/api/v1/keys")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api")]
    [InlineData("/API/v1/runs")]
    public async Task Without_a_key_nothing_is_told(string path)
    {
        using var client = scene.Client(key: null);
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
        var problem = await ProblemAsync(answer);
        problem.GetProperty("code").GetString().ShouldBe("unauthorized");
        problem.GetProperty("detail").GetString()!.ShouldContain("tenfold server keys add");
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    public async Task Health_needs_no_key(string path)
    {
        using var client = scene.Client(key: null);
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(ServerRole.Read, "POST", "/api/v1/cancel", HttpStatusCode.Forbidden)]
    [InlineData(ServerRole.Read, "POST", "/api/v1/retry", HttpStatusCode.Forbidden)]
    [InlineData(ServerRole.Read, "POST", "/api/v1/queue/move", HttpStatusCode.Forbidden)]
    [InlineData(ServerRole.Read, "GET", "/api/v1/queue", HttpStatusCode.OK)]
    [InlineData(ServerRole.Read, "GET", "/api/v1/keys", HttpStatusCode.Forbidden)]
    [InlineData(ServerRole.Run, "GET", "/api/v1/keys", HttpStatusCode.Forbidden)]
    [InlineData(ServerRole.Run, "POST", "/api/v1/keys", HttpStatusCode.Forbidden)]
    [InlineData(ServerRole.Run, "GET", "/api/v1/deliveries", HttpStatusCode.Forbidden)]
    [InlineData(ServerRole.Run, "GET", "/api/v1/runs", HttpStatusCode.OK)]
    [InlineData(ServerRole.Admin, "GET", "/api/v1/keys", HttpStatusCode.OK)]
    [InlineData(ServerRole.Read, "GET", "/api/v1/runs", HttpStatusCode.OK)]
    public async Task A_role_allows_its_own_and_what_is_below_it(ServerRole role, string method, string path, HttpStatusCode expected)
    {
        using var client = scene.Client(role);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await client.SendAsync(request);
        answer.StatusCode.ShouldBe(expected);
        if (expected == HttpStatusCode.Forbidden) (await ProblemAsync(answer)).GetProperty("code").GetString().ShouldBe("forbidden");
    }

    [Fact]
    public async Task Only_the_hash_of_a_key_is_stored()
    {
        var key = scene.Keys[ServerRole.Admin];
        var stored = (await scene.Services.ServerKeys.ListServerKeysAsync(CancellationToken.None)).Single(one => one.Name == "admin");
        stored.Sha256.ShouldNotContain(key);
        stored.Sha256.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(key))));
        var file = await File.ReadAllBytesAsync(scene.Services.LaptopLedger);
        System.Text.Encoding.Latin1.GetString(file).ShouldNotContain(key);
    }

    [Fact]
    public async Task A_removed_key_is_refused()
    {
        var key = await scene.AddKeyAsync("gone", ServerRole.Read);
        using var client = From("192.0.2.1", key);
        await UntilAsync(client, HttpStatusCode.OK);
        (await new ServerKeyDesk(scene.Services).RemoveAsync("gone", CancellationToken.None)).Value().ShouldBe("gone");
        await UntilAsync(client, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_that_only_the_ledger_knows_opens_nothing()
    {
        // Who can write to the ledger knows a key of their own, and its hash.
        var planted = ApiKey.Create("planted", TimeProvider.System.GetUtcNow());
        var others = new SqlLedger(scene.Services.Database, WorkKey.New());
        var row = new ServerKey("planted", ServerRole.Admin, planted.Record.Sha256, planted.Record.CreatedAt);
        (await others.AddServerKeyAsync(row, CancellationToken.None)).ShouldBeTrue();
        var own = await scene.AddKeyAsync("after-it", ServerRole.Read);
        using var client = From("192.0.2.3", own);
        await UntilAsync(client, HttpStatusCode.OK);
        using var attacker = From("192.0.2.3", planted.Key);
        using var answer = await attacker.GetAsync(new Uri("/api/v1/runs", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await scene.Services.ServerKeys.ListServerKeysAsync(CancellationToken.None)).Where(key => !key.IsOwn)
            .Select(key => key.Name).ShouldBe(["planted"]);
    }

    [Theory]
    [InlineData("""{"name":null,"role":"read"}""")]
    [InlineData("""{"name":"x","role":null}""")]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{"name":"x","role":"read,admin"}""")]
    [InlineData("""{"name":"x","role":"2"}""")]
    [InlineData("""{"name":"x","role":"+2"}""")]
    [InlineData("""{"name":"x","role":""}""")]
    public async Task A_key_needs_a_name_and_one_role(string body)
    {
        var (status, problem) = await scene.PostAsync("/api/v1/keys", body, ServerRole.Admin);
        status.ShouldBe(HttpStatusCode.BadRequest);
        problem.GetProperty("code").GetString().ShouldBe("bad-input");
        (await scene.Services.ServerKeys.ListServerKeysAsync(CancellationToken.None)).ShouldNotContain(key => key.Name == "x");
    }

    [Fact]
    public async Task A_name_is_used_once_and_is_plain()
    {
        var desk = new ServerKeyDesk(scene.Services);
        (await desk.AddAsync("read", ServerRole.Admin, CancellationToken.None)).Refusal().Kind.ShouldBe(RefusalKind.AlreadyExists);
        (await desk.AddAsync("a b", ServerRole.Read, CancellationToken.None)).Refusal().Kind.ShouldBe(RefusalKind.BadInput);
        (await desk.RemoveAsync("nobody", CancellationToken.None)).Refusal().Kind.ShouldBe(RefusalKind.NotFound);
    }

    [Fact]
    public async Task Administrators_make_and_remove_keys_over_the_API()
    {
        var (status, added) = await scene.PostAsync("/api/v1/keys", """{"name":"ci","role":"read"}""", ServerRole.Admin);
        status.ShouldBe(HttpStatusCode.OK);
        using var client = From("192.0.2.2", added.GetProperty("key").GetString()!);
        await UntilAsync(client, HttpStatusCode.OK);
        using var admin = scene.Client(ServerRole.Admin);
        using var removed = await admin.DeleteAsync(new Uri("/api/v1/keys/ci", UriKind.Relative));
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await scene.PostAsync("/api/v1/keys", """{"name":"ci","role":"root"}""", ServerRole.Admin)).Status
            .ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Wrong_keys_from_one_address_are_bounded_and_other_addresses_go_on()
    {
        using var attacker = scene.Client("tfk_wrong");
        attacker.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 12; i++)
        {
            using var answer = await attacker.GetAsync(new Uri("/api/v1/runs", UriKind.Relative));
            answers.Add(answer.StatusCode);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        }

        answers.Take(10).ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        answers.Skip(10).ShouldAllBe(status => status == HttpStatusCode.TooManyRequests);
        foreach (var address in new[] { "203.0.113.7, 198.51.100.1", "203.0.113.7" })
        {
            using var user = From(address, scene.Keys[ServerRole.Read]);
            using var good = await user.GetAsync(new Uri("/api/v1/runs", UriKind.Relative));
            good.StatusCode.ShouldBe(HttpStatusCode.OK, "who shares an address with an attacker goes on too");
        }
    }

    // An address of its own, so that the failures of one test are not those of another.
    private HttpClient From(string address, string key)
    {
        var client = scene.Client(key);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return client;
    }

    private static async Task UntilAsync(HttpClient client, HttpStatusCode wanted)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var answer = await client.GetAsync(new Uri("/api/v1/runs", UriKind.Relative));
            if (answer.StatusCode == wanted) return;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline, $"{answer.StatusCode}");
            await Task.Delay(200);
        }
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer)
    {
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }
}
