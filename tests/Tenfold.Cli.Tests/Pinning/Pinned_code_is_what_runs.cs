using System.Text.Json;

namespace Tenfold.Cli.Tests.Pinning;

public sealed class Pinned_code_is_what_runs
{
    [Fact]
    public async Task Like_gives_the_pinned_value_whatever_PYTHONPATH_and_the_command_name()
    {
        await using var place = new Sandbox();
        place.Write("tenfold.yaml", $$"""
            name: live
            train:
              command: python3 {{place.Project}}/scripts/train.py
              metric: { name: v, goal: maximize }
            """);
        place.Write("scripts/train.py", "import json, mylib; print(json.dumps({'metric': 'v', 'value': mylib.VALUE}))\n");
        place.Write("src/mylib.py", "VALUE = 1\n");
        place.Variables["PYTHONPATH"] = $"{place.Project}/src";
        var first = (await place.Run("fit", "--json")).With(0)
            .Saying("note: PYTHONPATH names", "note: the command names", "a run uses its own copy").Json[0];
        first.Runs()[0].Number("value").ShouldBe(1);
        place.Write("src/mylib.py", "VALUE = 2\n");
        place.Write("scripts/train.py", "raise SystemExit(3)\n");
        var again = (await place.Run("fit", "--json", "--like", first.Runs()[0].Id())).With(0).Saying("a run uses its own copy").Json[0];
        again.Runs()[0].Number("value").ShouldBe(1);

        place.Variables.Remove("PYTHONPATH");
        (await place.Run("fit", "--json", "--like", first.Runs()[0].Id())).With(1)
            .Saying($"note: PYTHONPATH was {place.Project}/src for");
    }

    [Theory]
    [InlineData("learning-rate")]
    [InlineData("lambda")]
    [InlineData("optimizer.lr")]
    [InlineData("print")]
    public async Task A_notebook_that_can_not_take_a_name_is_refused_before_anything_runs(string name)
    {
        await using var place = new Sandbox();
        WriteNotebook(place, "lr = 1.0");
        place.Write("tenfold.yaml", $$"""
            name: names
            train:
              script: train.ipynb
              params: { lr: 0.5, "{{name}}": 0.1 }
              metric: { name: v, goal: maximize }
            """);
        (await place.Run("fit")).With(2).Saying($"parameter {name}", "train.ipynb");
        (await place.Json("runs", "--json")).EnumerateArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sweep_of_a_notebook_is_refused_for_such_a_name_too()
    {
        await using var place = new Sandbox();
        WriteNotebook(place, "lr = 1.0");
        place.Write("tenfold.yaml", """
            name: names
            train:
              script: train.ipynb
              metric: { name: v, goal: maximize }
            sweep:
              parameters: { weight-decay: { min: 0.1, max: 0.2 } }
            """);
        (await place.Run("sweep")).With(2).Saying("parameter weight-decay");
    }

    private static void WriteNotebook(Sandbox place, string parameters) => place.Write("train.ipynb", $$$"""
        {"nbformat":4,"nbformat_minor":4,"metadata":{},"cells":[
          {"cell_type":"code","execution_count":null,"outputs":[],"metadata":{"tags":["parameters"]},
           "source":{{{JsonSerializer.Serialize(parameters)}}} }]}
        """);
}
