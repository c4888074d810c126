using System.Net;
using Tenfold.App.Serving.Keys;
using Tenfold.Gateway.Keys;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class Keys_open_the_gateway(Scene scene) : IClassFixture<Scene>
{
    private const string Input = """{"length": 1}""";

    [Fact]
    public async Task Once_there_is_a_key_every_request_needs_one()
    {
        var file = new ApiKeyFile(scene.Home.Path, TimeProvider.System);
        var key = file.Add("web", null, null).Value();
        await Scene.UntilAsync(async () => await StatusAsync() == HttpStatusCode.Unauthorized);
        (await StatusAsync(("Authorization", $"Bearer {key}"))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(("Authorization", $"bearer {key}"))).ShouldBe(HttpStatusCode.OK);
        scene.Old.Last.Headers.ShouldNotContainKey("Authorization");
        (await StatusAsync(("Tenfold-Api-Key", key), ("Authorization", "Bearer the-models-own"))).ShouldBe(HttpStatusCode.OK);
        scene.Old.Last.Headers["Authorization"].ShouldBe("Bearer the-models-own");
        scene.Old.Last.Headers.ShouldNotContainKey("Tenfold-Api-Key");
        (await StatusAsync(("Tenfold-Api-Key", "wrong"), ("Authorization", $"Bearer {key}"))).ShouldBe(HttpStatusCode.Unauthorized);
        using (var reply = await scene.PostAsync(Input, headers: ("Tenfold-Api-Key", key)))
        {
            reply.StatusCode.ShouldBe(HttpStatusCode.OK);
            scene.Log.Of(reply).Caller.ShouldBe("web");
            scene.Old.Last.Headers.Values.ShouldNotContain(value => value.Contains(key));
        }

        foreach (var wrong in new[] { "", "Bearer", "Bearer x", $"Bearer {key}x", $"Basic {key}", $"Bearer {ApiKey.Hash(key)}" })
            (await StatusAsync(("Authorization", wrong))).ShouldBe(HttpStatusCode.Unauthorized, wrong);
        using (var reply = await scene.PostAsync(Input))
        {
            reply.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
            reply.Headers.Contains("Tenfold-Request-Id").ShouldBeTrue();
        }

        // Health needs no key; models, metrics and documents do.
        (await scene.Client.GetAsync("/v2/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "/v2/models", "/metrics", "/models/iris/openapi.json", "/docs/iris", "/nothing" })
            (await scene.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);

        // At rest there is only a hash, in a file of its owner.
        File.ReadAllText(file.FilePath).ShouldNotContain(key);
        File.GetUnixFileMode(file.FilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        // A removed key is refused; the last one does not open the gateway to everybody.
        _ = file.Remove("web").Value();
        await Scene.UntilAsync(async () => await StatusAsync(("Authorization", $"Bearer {key}")) == HttpStatusCode.Unauthorized);
        File.Delete(file.FilePath);
        await Scene.UntilAsync(async () => await StatusAsync() == HttpStatusCode.OK);
    }

    [Fact]
    public void Each_key_has_a_rate_of_its_own()
    {
        var time = new FrozenClock();
        var bucket = new TokenBucket(rate: 2, burst: 3, time);
        for (var i = 0; i < 3; i++) bucket.Take().ShouldBe(TimeSpan.Zero);
        bucket.Take().ShouldBe(TimeSpan.FromSeconds(0.5));
        time.Pass(TimeSpan.FromSeconds(0.5));
        bucket.Take().ShouldBe(TimeSpan.Zero);
        bucket.Take().ShouldBeGreaterThan(TimeSpan.Zero);
        time.Pass(TimeSpan.FromHours(1));
        for (var i = 0; i < 3; i++) bucket.Take().ShouldBe(TimeSpan.Zero);
        bucket.Take().ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public async Task Too_many_requests_are_told_when_to_come_again()
    {
        var file = new ApiKeyFile(scene.Home.Path, TimeProvider.System);
        var key = file.Add("slow", 0.001, 2).Value();
        await Scene.UntilAsync(async () => await StatusAsync() == HttpStatusCode.Unauthorized);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++) statuses.Add(await StatusAsync(("Authorization", $"Bearer {key}")));
        statuses.ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
        using (var reply = await scene.PostAsync(Input, headers: ("Authorization", $"Bearer {key}")))
            reply.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 1000);
        File.Delete(file.FilePath);
        await Scene.UntilAsync(async () => await StatusAsync() == HttpStatusCode.OK);
    }

    [Fact]
    public void Names_and_rates_are_checked()
    {
        using var home = new TemporaryFolder();
        var file = new ApiKeyFile(home.Path, TimeProvider.System);
        foreach (var name in new[] { "", "a b", "../x", "\n" })
            file.Add(name, null, null).Refusal().Kind.ShouldBe(Core.Outcomes.RefusalKind.BadInput);
        file.Add("a", 0, null).Refusal().Kind.ShouldBe(Core.Outcomes.RefusalKind.BadInput);
        _ = file.Add("a", 5, 1).Value();
        file.Add("a", null, null).Refusal().Kind.ShouldBe(Core.Outcomes.RefusalKind.AlreadyExists);
        file.Remove("b").Refusal().Kind.ShouldBe(Core.Outcomes.RefusalKind.NotFound);
        File.WriteAllText(file.FilePath, "{");
        file.Read().Refusal().Kind.ShouldBe(Core.Outcomes.RefusalKind.Damaged);
    }

    private async Task<HttpStatusCode> StatusAsync(params (string Name, string Value)[] headers)
    {
        using var reply = await scene.PostAsync(Input, headers: headers);
        return reply.StatusCode;
    }
}
