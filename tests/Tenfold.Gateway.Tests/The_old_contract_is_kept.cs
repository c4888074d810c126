using System.Net;
using System.Text.Json;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class The_old_contract_is_kept(Scene scene) : IClassFixture<Scene>
{
    [Theory]
    [InlineData("/", "")]
    [InlineData("/version/", "\"1.0.0\"")]
    [InlineData("/version", "\"1.0.0\"")]
    [InlineData("/endpoints/", "[\"/\",\"/run/\"")]
    [InlineData("/output/nobody/", "[]")]
    public async Task Its_short_paths_still_answer(string path, string told)
    {
        using var reply = await scene.Client.GetAsync(path);
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await reply.Content.ReadAsStringAsync()).ShouldStartWith(told);
    }

    // The old service took only numbers for ids, and replied to a repeated request with an error.
    [Theory]
    [InlineData("\"text id\"", "text id", "\"2020-01-01\"")]
    [InlineData("17", "17", "1577836800")]
    public async Task A_run_is_answered_with_its_prediction_also_when_it_is_repeated(string id, string path, string time)
    {
        var body = $$"""{"id":{{id}},"request_time":{{time}},"inputs":{"length":1} }""";
        for (var i = 0; i < 2; i++)
        {
            using var reply = await scene.PostAsync(body, path: "/run/");
            reply.StatusCode.ShouldBe(HttpStatusCode.OK);
            using var json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
            var root = json.RootElement;
            root.GetProperty("code").GetInt32().ShouldBe(201);
            root.GetProperty("prediction").GetProperty("prediction").GetInt32().ShouldBe(7);
            root.GetProperty("version").GetString().ShouldBe("1.0.0");
            root.GetProperty("id").GetString().ShouldBe(path);
        }

        scene.Old.Last.Body.ShouldBe("{\"length\":1}");
        using var outputs = JsonDocument.Parse(await scene.Client.GetStringAsync($"/output/{Uri.EscapeDataString(path)}/"));
        outputs.RootElement.GetArrayLength().ShouldBe(2);
        outputs.RootElement[0].GetProperty("output").GetProperty("prediction").GetInt32().ShouldBe(7);
        outputs.RootElement[0].GetProperty("version").GetString().ShouldBe("1.0.0");
        outputs.RootElement[0].GetProperty("finished_at").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
        using var inputs = JsonDocument.Parse(await scene.Client.GetStringAsync($"/inputs/{Uri.EscapeDataString(path)}/"));
        inputs.RootElement[0].GetProperty("inputs").GetProperty("length").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("{\"id\":1,\"request_time\":\"now\"}", 400)]
    [InlineData("{\"id\":{},\"request_time\":\"now\",\"inputs\":{}}", 400)]
    [InlineData("nonsense", 400)]
    [InlineData("{\"id\":1,\"request_time\":\"now\",\"inputs\":{\"length\":\"x\"}}", 422)]
    public async Task A_malformed_run_is_refused(string body, int status)
    {
        using var reply = await scene.PostAsync(body, path: "/run/");
        ((int)reply.StatusCode).ShouldBe(status);
    }
}
