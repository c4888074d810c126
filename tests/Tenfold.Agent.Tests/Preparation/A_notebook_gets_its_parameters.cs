using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Agent.Preparation;

namespace Tenfold.Agent.Tests.Preparation;

public sealed class A_notebook_gets_its_parameters
{
    private const string Untagged =
        """{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code","metadata":{},"source":["x = 1"],"outputs":[],"execution_count":null}]}""";

    [Fact]
    public void Parameters_are_first_when_no_cell_is_tagged() =>
        Sources(Inject(Untagged, """{"lr":0.1}""")).ShouldBe(["# Parameters of this run\nlr = 0.1\nseed = 42\n", "x = 1"]);

    [Fact]
    public void Parameters_follow_the_cell_tagged_parameters()
    {
        var tagged =
            """{"nbformat":4,"metadata":{},"cells":[{"cell_type":"markdown","metadata":{},"source":"# Title"},{"cell_type":"code","metadata":{"tags":["parameters"]},"source":"lr = 1"},{"cell_type":"code","metadata":{"tags":[]},"source":"print(lr)"}]}""";
        Sources(Inject(tagged, """{"lr":0.1}"""))
            .ShouldBe(["# Title", "lr = 1", "# Parameters of this run\nlr = 0.1\nseed = 42\n", "print(lr)"]);
    }

    [Fact]
    public void A_parameter_named_seed_sets_seed() =>
        Sources(Inject(Untagged, """{"seed":7}"""))[0].ShouldBe("# Parameters of this run\nseed = 7\n");

    [Theory]
    [InlineData("""{"v":"a \"b\" \\ \n \u00e9 \/ end"}""")]
    [InlineData("""{"v":"emoji \ud83d\ude00 and 😀"}""")]
    [InlineData("""{"v":[1,2.5,-1e-3,1E5,true,false,null,["x"]]}""")]
    [InlineData("""{"v":{"a":true,"b":{"c":null}}}""")]
    [InlineData("""{"v":9007199254740993}""")]
    public void Python_reads_equal_values(string parameters)
    {
        var cell = Sources(Inject(Untagged, parameters))[0];
        using var python =
            Process.Start(
                new ProcessStartInfo(
                    "/usr/bin/python3",
                    ["-c", $"{cell}\nimport json, sys\nsys.stdout.buffer.write(json.dumps({{'v': v}}, ensure_ascii=False).encode())"])
                {
                    RedirectStandardOutput = true,
                    UseShellExecute = false,
                }).ShouldNotBeNull();
        var back = python.StandardOutput.ReadToEnd();
        JsonNode.DeepEquals(JsonNode.Parse(back), JsonNode.Parse(parameters)).ShouldBeTrue(back);
    }

    [Fact]
    public void A_notebook_in_another_language_is_refused()
    {
        var r = """{"nbformat":4,"metadata":{"kernelspec":{"language":"R"}},"cells":[]}""";
        Inject(r, """{"lr":0.1}""").ShouldBe(r);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"cells":7}""")]
    [InlineData("""{"cells":[7],"metadata":{}}""")]
    [InlineData("""{"cells":[],"metadata":"none"}""")]
    [InlineData("""{"cells":[],"metadata":{"kernelspec":{"language":7}}}""")]
    public void A_file_that_is_not_a_notebook_is_refused(string text) => Should.Throw<JsonException>(() => Inject(text, "{}"));

    private static string Inject(string notebook, string parameters) =>
        Encoding.UTF8.GetString(
            NotebookParameters.Inject(Encoding.UTF8.GetBytes(notebook), JsonDocument.Parse(parameters).RootElement, 42));

    private static IReadOnlyList<string> Sources(string notebook) =>
        [.. JsonNode.Parse(notebook)!["cells"]!.AsArray()
            .Select(cell => cell!["source"] is JsonArray lines ? string.Concat(lines.Select(line => (string)line!))
                : (string)cell["source"]!)];
}
