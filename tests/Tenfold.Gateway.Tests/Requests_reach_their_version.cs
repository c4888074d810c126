using System.Net;
using System.Text.Json;
using Tenfold.Core.Requests;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class Requests_reach_their_version(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public async Task A_reply_comes_with_the_requests_id_version_and_arm()
    {
        using var reply = await scene.PostAsync("""{"length": 1}""");
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await reply.Content.ReadAsStringAsync()).ShouldContain("\"by\": \"old\"");
        reply.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        Header(reply, "Tenfold-Version").ShouldBe("1.0.0");
        Header(reply, "Tenfold-Arm").ShouldBe("none");
        Header(reply, "Tenfold-Assignment").ShouldBe("request");
        scene.Old.Last.Headers["Tenfold-Request-Id"].ShouldBe(Header(reply, "Tenfold-Request-Id"));
        var record = scene.Log.Of(reply);
        record.ShouldSatisfyAllConditions(
            () => record.Status.ShouldBe(200), () => record.Outcome.ShouldBe(RequestOutcome.Answered),
            () => record.Version.ShouldBe("1.0.0"), () => record.Key.ShouldBeNull(), () => record.RouteRevision.ShouldBeGreaterThan(0),
            () => record.RequestBody.ToArray().ShouldBe("""{"length": 1}"""u8.ToArray()),
            () => record.ReplyBody.Length.ShouldBe((int)record.ReplySizeBytes), () => record.ModelLatency.ShouldNotBeNull());
    }

    [Fact]
    public async Task A_client_may_name_the_version()
    {
        using var reply = await scene.PostAsync("""{"length": 1}""", path: "/models/iris/versions/1.1.0/invocations");
        (await reply.Content.ReadAsStringAsync()).ShouldContain("\"by\": \"new\"");
        Header(reply, "Tenfold-Assignment").ShouldBe("pinned");
        scene.Log.Of(reply).RouteRevision.ShouldBe(0);
    }

    [Theory]
    [InlineData("/models/rose/invocations", 404)]
    [InlineData("/models/iris/versions/9/invocations", 404)]
    [InlineData("/nothing", 404)]
    [InlineData("/v2/models/iris/ready", 405)]
    public async Task An_error_is_terse_JSON_with_the_headers_of_every_reply(string path, int status)
    {
        using var reply = await scene.PostAsync("{}", path: path);
        ((int)reply.StatusCode).ShouldBe(status);
        // KServe's client reads an error only when there is no character set.
        reply.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        using var error = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        error.RootElement.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        error.RootElement.GetProperty("request_id").GetString().ShouldBe(Header(reply, "Tenfold-Request-Id"));
        Header(reply, "Tenfold-Version").ShouldBe("none");
        Header(reply, "Tenfold-Arm").ShouldBe("none");
    }

    [Theory]
    [InlineData("""{"length": "long"}""", 422, "/length")]
    [InlineData("""{"length": -1}""", 422, "/length")]
    [InlineData("""{"name": "x"}""", 422, "")]
    [InlineData("""[1]""", 422, "")]
    [InlineData("""{"length": 1""", 400, null)]
    [InlineData("", 400, null)]
    public async Task Input_that_does_not_match_the_schema_is_refused_without_internals(string body, int status, string? at)
    {
        var before = scene.Old.Calls;
        using var reply = await scene.PostAsync(body);
        ((int)reply.StatusCode).ShouldBe(status);
        var text = await reply.Content.ReadAsStringAsync();
        text.ShouldNotContain("Json.Schema");
        text.ShouldNotContain("   at ");
        text.ShouldNotContain("Exception");
        if (at is not null)
        {
            using var error = JsonDocument.Parse(text);
            error.RootElement.GetProperty("faults")[0].GetProperty("at").GetString().ShouldBe(at);
        }

        scene.Old.Calls.ShouldBe(before);
        scene.Log.Of(reply).ShouldSatisfyAllConditions(
            record => record.Outcome.ShouldBe(RequestOutcome.Rejected), record => record.Status.ShouldBe(status),
            record => record.Version.ShouldBe("1.0.0"), record => record.RequestSizeBytes.ShouldBe(body.Length));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/event-stream")]
    public async Task A_models_own_error_is_passed_on_and_logged(string? accept)
    {
        using var reply = await scene.PostAsync(
            """{"length": 1}""", "fail", headers: accept is null ? [] : [("Accept", accept)]);
        reply.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await reply.Content.ReadAsStringAsync()).ShouldBe("a traceback");
        scene.Log.Of(reply).ShouldSatisfyAllConditions(
            record => record.Status.ShouldBe(500), record => record.Outcome.ShouldBe(RequestOutcome.Answered),
            record => record.ReplyBody.ToArray().ShouldBe("a traceback"u8.ToArray()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/event-stream")]
    public async Task Headers_of_one_connection_are_not_passed_on(string? accept)
    {
        using var reply = await scene.PostAsync(
            """{"length": 1}""", "headers",
            headers:
            [
                ("Connection", "X-Secret-Hop"), ("X-Secret-Hop", "1"), ("Keep-Alive", "timeout=1"), ("TE", "trailers"),
                ("Trailer", "X-Late"),
                ("Proxy-Authorization", "Basic eA=="), ("Authorization", "Bearer mine"), ("X-Custom", "stays"), ("Accept", accept ?? "*/*"),
            ]);
        var seen = scene.Old.Last.Headers;
        foreach (var name in new[] { "X-Secret-Hop", "Keep-Alive", "TE", "Trailer", "Proxy-Authorization" })
            seen.ShouldNotContainKey(name);
        seen["X-Custom"].ShouldBe("stays");
        seen["Authorization"].ShouldBe("Bearer mine", "a gateway without keys leaves it to the model");
        reply.Headers.Contains("X-Hop").ShouldBeFalse();
        reply.Headers.Contains("Keep-Alive").ShouldBeFalse();
        Header(reply, "X-End").ShouldBe("1");
        reply.Headers.GetValues("Tenfold-Version").ShouldBe(["1.0.0"]);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        foreach (var isAnnounced in new[] { true, false })
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/models/iris/invocations");
            request.Content = new ByteArrayContent(new byte[200_000]);
            request.Headers.TransferEncodingChunked = !isAnnounced;
            using var reply = await scene.Client.SendAsync(request, TestContext.Current.CancellationToken);
            reply.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
            scene.Log.Of(reply).Outcome.ShouldBe(RequestOutcome.Rejected);
        }
    }

    [Fact]
    public async Task A_request_that_cannot_be_logged_is_refused()
    {
        var before = scene.Old.Calls;
        scene.Log.IsRefusing = true;
        using (var reply = await scene.PostAsync("""{"length": 1}"""))
        {
            reply.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            reply.Headers.RetryAfter.ShouldNotBeNull();
        }

        scene.Log.IsRefusing = false;
        scene.Old.Calls.ShouldBe(before);
        scene.Log.Gives = AppendOutcome.Refused;
        using (var reply = await scene.PostAsync("""{"length": 1}"""))
        {
            reply.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await reply.Content.ReadAsStringAsync()).ShouldNotContain("prediction");
        }

        scene.Log.Gives = AppendOutcome.Recorded;
    }

    private static string Header(HttpResponseMessage reply, string name) => reply.Headers.GetValues(name).Single();
}
