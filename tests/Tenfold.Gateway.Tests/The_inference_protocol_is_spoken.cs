using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class The_inference_protocol_is_spoken(Scene scene) : IClassFixture<Scene>
{
    private const string Path = "/v2/models/iris/infer";

    [Theory]
    [InlineData("/v2", "\"binary_tensor_data\"")]
    [InlineData("/v2/health/live", "{\"live\":true}")]
    [InlineData("/v2/health/ready", "{\"ready\":true}")]
    [InlineData("/v2/models", "{\"models\":[\"iris\"]}")]
    [InlineData("/v2/models/iris/ready", "{\"name\":\"iris\",\"ready\":true}")]
    [InlineData("/v2/models/iris/versions/1.0.0/ready", "{\"name\":\"iris\",\"ready\":true}")]
    [InlineData("/v2/models/iris", "{\"name\":\"length\",\"datatype\":\"FP64\",\"shape\":[1]}")]
    public async Task Health_and_metadata_are_reported(string path, string told) =>
        (await scene.Client.GetStringAsync(path)).ShouldContain(told);

    [Fact]
    public async Task A_request_is_mapped_to_the_models_input_and_back()
    {
        using var reply = await scene.PostAsync(
            """{"id":"mine","inputs":[{"name":"length","shape":[1],"datatype":"FP64","data":[0.1]},{"name":"name","shape":[1,1],"datatype":"BYTES","data":[["x"]]}]}""",
            "echo", Path);
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        scene.Old.Last.Body.ShouldBe("""{"length":0.1,"name":"x"}""");
        using var json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        json.RootElement.ToString().ShouldBe(
            """{"model_name":"iris","model_version":"1.0.0","id":"mine","outputs":[{"name":"length","datatype":"FP64","shape":[1],"data":[0.1]},{"name":"name","datatype":"BYTES","shape":[1],"data":["x"]}]}""");
        scene.Log.Of(reply).ShouldSatisfyAllConditions(
            record => record.ClientId.ShouldBe("mine"), record => record.RequestBody.ToArray().ShouldBe("""{"length":0.1,"name":"x"}"""u8.ToArray()));
    }

    // As Triton's Python client sends it by default: binary inputs, and binary outputs unless it names one otherwise.
    [Fact]
    public async Task A_binary_request_gets_a_binary_reply()
    {
        var header = Encoding.UTF8.GetBytes(
            """{"inputs":[{"name":"length","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":4}},{"name":"name","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":5}}],"parameters":{"binary_data_output":true}}""");
        var body = new byte[header.Length + 9];
        header.CopyTo(body, 0);
        BinaryPrimitives.WriteSingleLittleEndian(body.AsSpan(header.Length), 0.1f);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(header.Length + 4), 1);
        body[^1] = (byte)'x';
        var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent(body) };
        request.Headers.Add("Inference-Header-Content-Length", header.Length.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-Do", "echo");
        using var reply = await scene.Client.SendAsync(request, TestContext.Current.CancellationToken);
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        scene.Old.Last.Body.ShouldBe("""{"length":0.1,"name":"x"}""");
        scene.Old.Last.Headers.ShouldNotContainKey("Inference-Header-Content-Length");
        var bytes = await reply.Content.ReadAsByteArrayAsync();
        var length = int.Parse(reply.Headers.GetValues("Inference-Header-Content-Length").Single(), CultureInfo.InvariantCulture);
        using var json = JsonDocument.Parse(bytes.AsMemory(0, length));
        var outputs = json.RootElement.GetProperty("outputs");
        outputs[0].GetProperty("parameters").GetProperty("binary_data_size").GetInt32().ShouldBe(8);
        outputs[0].TryGetProperty("data", out _).ShouldBeFalse();
        BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(length)).ShouldBe(0.1);
        bytes.AsSpan(length + 8).ToArray().ShouldBe([1, 0, 0, 0, (byte)'x']);
    }

    [Theory]
    [InlineData("BOOL", "01", "true")]
    [InlineData("UINT8", "ff", "255")]
    [InlineData("INT8", "ff", "-1")]
    [InlineData("UINT16", "ffff", "65535")]
    [InlineData("INT16", "feff", "-2")]
    [InlineData("UINT32", "ffffffff", "4294967295")]
    [InlineData("INT32", "feffffff", "-2")]
    [InlineData("UINT64", "ffffffffffffffff", "18446744073709551615")]
    [InlineData("INT64", "feffffffffffffff", "-2")]
    [InlineData("FP16", "003c", "1")]
    [InlineData("FP32", "cdcccc3d", "0.1")]
    [InlineData("FP64", "9a9999999999b93f", "0.1")]
    [InlineData("BYTES", "02000000c3a9", "\"\\u00E9\"")]
    public void Every_datatype_is_decoded_and_encoded(string name, string hex, string json)
    {
        var type = Protocol.TensorType.Find(name).ShouldNotBeNull();
        var element = type.Decode(Convert.FromHexString(hex)).ShouldNotBeNull().ShouldHaveSingleItem();
        element!.ToJsonString().ShouldBe(json);
        var bytes = new List<byte>();
        using var document = JsonDocument.Parse(json);
        type.Takes(document.RootElement).ShouldBeTrue();
        type.Encode(document.RootElement, bytes);
        Convert.ToHexStringLower([.. bytes]).ShouldBe(hex);
    }

    [Theory]
    [InlineData("FP32", "0000807f")]
    [InlineData("FP64", "000000000000f87f")]
    [InlineData("FP32", "000000")]
    [InlineData("BOOL", "02")]
    [InlineData("BYTES", "02000000ff")]
    [InlineData("BYTES", "ffffffff41")]
    [InlineData("BYTES", "01000000ff")]
    public void Bytes_that_JSON_cannot_hold_are_refused(string name, string hex) =>
        Protocol.TensorType.Find(name)!.Decode(Convert.FromHexString(hex)).ShouldBeNull();

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"inputs":[]}""")]
    [InlineData("""{"inputs":[1]}""")]
    [InlineData("""{"inputs":[{"name":"length","shape":[1],"datatype":"FP99","data":[1]}]}""")]
    [InlineData("""{"inputs":[{"name":"length","shape":[2],"datatype":"FP64","data":[1]}]}""")]
    [InlineData("""{"inputs":[{"name":"length","shape":[-1],"datatype":"FP64","data":[1]}]}""")]
    [InlineData("""{"inputs":[{"name":"length","shape":[2147483647,2147483647],"datatype":"FP64","data":[1]}]}""")]
    [InlineData("""{"inputs":[{"name":"length","shape":[0,1000000000],"datatype":"FP64","data":[]}]}""")]
    [InlineData("""{"inputs":[{"name":"length","shape":[1],"datatype":"FP64","data":["x"]}]}""")]
    [InlineData("""{"inputs":[{"name":"length","shape":[1],"datatype":"INT8","data":[300]}]}""")]
    [InlineData("""{"inputs":[{"name":"length","shape":[1],"datatype":"FP64","parameters":{"binary_data_size":8}}]}""")]
    [InlineData("""{"inputs":[{"name":"length","shape":[1],"datatype":"FP64","data":[1]},{"name":"length","shape":[1],"datatype":"FP64","data":[1]}]}""")]
    public async Task A_malformed_request_is_refused(string body)
    {
        var before = scene.Old.Calls;
        using var reply = await scene.PostAsync(body, path: Path);
        reply.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await reply.Content.ReadAsStringAsync()).ShouldContain("\"error\"");
        scene.Old.Calls.ShouldBe(before);
    }

    [Fact]
    public async Task A_client_gets_only_the_outputs_that_it_names()
    {
        const string inputs = "\"inputs\":[{\"name\":\"length\",\"shape\":[1],\"datatype\":\"FP64\",\"data\":[1]}]";
        using (var reply = await scene.PostAsync($$"""{{{inputs}},"outputs":[{"name":"by"}]}""", path: Path))
            (await reply.Content.ReadAsStringAsync())
                .ShouldContain("\"outputs\":[{\"name\":\"by\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"old\"]}]");
        using (var reply = await scene.PostAsync($$"""{{{inputs}},"outputs":[{"name":"none"}]}""", path: Path))
            reply.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        using (var reply = await scene.PostAsync($$"""{{{inputs}}}""", "fail", Path))
        {
            ((int)reply.StatusCode).ShouldBe(500);
            (await reply.Content.ReadAsStringAsync()).ShouldContain("\"error\"");
        }
    }

    [Fact]
    public async Task A_list_keeps_its_shape()
    {
        scene.Replicas.SetReady("lists", scene.Old.Address);
        scene.Ledger.Change((versions, _, _) => versions.Add(Scene.Version("lists", new ServingLimits(), schema: null)));
        await Scene.UntilAsync(async () => (await scene.Client.GetAsync("/v2/models/iris/versions/lists/ready")).IsSuccessStatusCode);
        using var reply = await scene.PostAsync(
            """{"inputs":[{"name":"x","shape":[2,2],"datatype":"INT32","data":[1,2,3,4]},{"name":"y","shape":[1],"datatype":"BOOL","data":[true]}]}""",
            "echo", "/v2/models/iris/versions/lists/infer");
        scene.Old.Last.Body.ShouldBe("""{"x":[[1,2],[3,4]],"y":[true]}""");
        (await reply.Content.ReadAsStringAsync()).ShouldContain("\"datatype\":\"INT64\",\"shape\":[2,2],\"data\":[1,2,3,4]");
    }
}
