using System.Text.Json;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tests.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Tests.Studies;

public sealed class A_search_space_is_stored_as_JSON
{
    [Fact]
    public void A_space_survives_a_round_trip()
    {
        var random = new Random(4);
        for (var i = 0; i < 300; i++)
        {
            var parameters = Spaces.Any(random);
            var json = SpaceJson.Write(parameters);
            var again = SpaceJson.Read(json);
            again.Keys.ShouldBe(parameters.Keys);
            again.Select(one => one.Value.GetType()).ShouldBe(parameters.Select(one => one.Value.GetType()));
            SpaceJson.Write(again).GetRawText().ShouldBe(json.GetRawText());
            var (first, second) = (new SearchSpace(parameters), new SearchSpace(again));
            second.Axes.ShouldBe(first.Axes);
            double[] coordinates = [.. first.Axes.Select(_ => random.NextDouble())];
            second.Decode(second.Snap(coordinates)).ShouldBe(first.Decode(first.Snap(coordinates)));
        }
    }

    [Fact]
    public void The_JSON_resembles_the_project_file() => SpaceJson.Write(Spaces.Of(
        ("rate", Spaces.Logs(1e-4, 0.1)),
        ("layers", Spaces.Wholes(1, 9, 2)),
        ("width", Spaces.Sizes(16, 32)),
        ("optimizer", Spaces.Words("adam", "sgd")),
        ("momentum", Spaces.Floats(0, 1) with { When = Spaces.When("optimizer", Spaces.Text("sgd")) }))).GetRawText()
        .ShouldBe(
            """
            {"rate":{"min":0.0001,"max":0.1,"scale":"log"},"layers":{"min":1,"max":9,"whole":true,"step":2},
            "width":{"values":[16,32],"ordered":true},"optimizer":{"values":["adam","sgd"]},
            "momentum":{"min":0,"max":1,"when":{"optimizer":["sgd"]}}}
            """.ReplaceLineEndings(""));

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"a": 3}""")]
    [InlineData("""{"a": {"min": 1}}""")]
    [InlineData("""{"a": {"min": "x", "max": 2}}""")]
    [InlineData("""{"a": {"min": 1, "max": 2, "scale": "cubic"}}""")]
    [InlineData("""{"a": {"values": 3}}""")]
    [InlineData("""{"a": {"values": [{"b": 1}]}}""")]
    [InlineData("""{"a": {"value": 1, "when": 2}}""")]
    [InlineData("""{"a": {"value": 1}, "a": {"value": 2}}""")]
    public void Invalid_JSON_is_refused(string json)
    {
        using var document = JsonDocument.Parse(json);
        Should.Throw<JsonException>(() => SpaceJson.Read(document.RootElement));
    }

    [Fact]
    public void Default_values_may_be_written_out()
    {
        using var document = JsonDocument.Parse(
            """{"a": {"min": 1, "max": 2, "whole": false, "scale": "linear"}, "b": {"values": [1, 2], "ordered": false}}""");
        var space = new SearchSpace(SpaceJson.Read(document.RootElement));
        space.Axes.Select(axis => axis.Kind).ShouldBe([AxisKind.Continuous, AxisKind.Category]);
    }
}
