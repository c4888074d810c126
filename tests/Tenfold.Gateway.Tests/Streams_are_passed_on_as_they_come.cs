using Tenfold.Core.Requests;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class Streams_are_passed_on_as_they_come(Scene scene) : IClassFixture<Scene>
{
    private const string Input = """{"length": 1}""";

    // The first asks for a stream and goes through YARP; the second gets one without asking.
    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("*/*")]
    public async Task The_first_event_arrives_before_the_second_is_sent(string accept)
    {
        using var reply = await scene.PostAsync(Input, "stream", headers: ("Accept", accept));
        await using var body = await reply.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        var read = await body.ReadAsync(buffer);
        buffer.AsSpan(0, read).ToArray().ShouldBe("data: 1\n\n"u8.ToArray());
        scene.Log.Requests.ShouldNotContain(request => request.Id == IdOf(reply));
        scene.Old.Gate.Release();
        read = await body.ReadAsync(buffer);
        buffer.AsSpan(0, read).ToArray().ShouldBe("data: 2\n\n"u8.ToArray());
        // The reply ends only after the record.
        (await body.ReadAsync(buffer)).ShouldBe(0);
        scene.Log.Of(reply).ShouldSatisfyAllConditions(
            record => record.ReplyBody.ToArray().ShouldBe("data: 1\n\ndata: 2\n\n"u8.ToArray()), record => record.Status.ShouldBe(200),
            record => record.Outcome.ShouldBe(RequestOutcome.Answered), record => record.ReplyContentType.ShouldBe("text/event-stream"));
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("*/*")]
    public async Task A_stream_that_the_model_cuts_is_cut_and_logged_as_broken(string accept)
    {
        using var model = new RawModel
        {
            Reply = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n",
        };
        scene.Replicas.SetReady("1.1.0", model.Address);
        var before = scene.Log.Requests.Count;
        // The reset may overtake the headers.
        await Should.ThrowAsync<HttpRequestException>(async () =>
        {
            using var reply = await scene.PostAsync(Input, path: "/models/iris/versions/1.1.0/invocations", headers: ("Accept", accept));
            await reply.Content.ReadAsByteArrayAsync();
        });
        await Eventually.ShouldBeAsync(() => scene.Log.Requests.Count > before, "the request is recorded");
        scene.Log.Requests[before].ShouldSatisfyAllConditions(
            record => record.Outcome.ShouldBe(RequestOutcome.Broken), record => record.Status.ShouldBe(200),
            record => record.ReplyBody.ToArray().ShouldBe("data: 1\n\n"u8.ToArray()));
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("*/*")]
    public async Task A_long_reply_is_passed_on_whole(string accept)
    {
        using var reply = await scene.PostAsync(Input, "large", headers: ("Accept", accept));
        (await reply.Content.ReadAsByteArrayAsync()).Length.ShouldBe(8 << 20);
        scene.Log.Of(reply).ShouldSatisfyAllConditions(
            record => record.ReplySizeBytes.ShouldBe(8 << 20), record => record.IsReplyCut.ShouldBeTrue(),
            record => record.ReplyBody.Length.ShouldBe(6 << 20));
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("*/*")]
    public async Task The_model_learns_that_the_client_is_gone(string accept)
    {
        await using var model = await Model.StartAsync("other");
        scene.Replicas.SetReady("1.1.0", model.Address);
        using var gone = new CancellationTokenSource();
        var request = new HttpRequestMessage(HttpMethod.Post, "/models/iris/versions/1.1.0/invocations");
        request.Content = new StringContent(Input);
        request.Headers.Add("X-Do", "wait");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var call = scene.Client.SendAsync(request, gone.Token);
        await Eventually.ShouldBeAsync(() => model.Calls == 1, "the model has the request");
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await model.Cancelled.Task.WaitAsync(Eventually.Deadline, TimeProvider.System);
        await Eventually.ShouldBeAsync(
            () => scene.Log.Requests.Any(record => record.Outcome == RequestOutcome.ClientGone && record.Status == 0), "it is recorded");
    }

    private static Guid IdOf(HttpResponseMessage reply) => Guid.Parse(reply.Headers.GetValues("Tenfold-Request-Id").Single());
}
