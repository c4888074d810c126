using System.Globalization;
using System.Text.Json;
using NJsonSchema;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Tests;

public sealed class The_schema_agrees_with_the_reader
{
    [Fact]
    public async Task The_schema_is_valid_draft_07()
    {
        var schema = await JsonSchema.FromJsonAsync(ProjectSchema.ToJson(Samples.Kinds));
        schema.SchemaVersion.ShouldBe("http://json-schema.org/draft-07/schema#");
        schema.Properties.Keys.ShouldBe(
            ["name", "train", "resources", "repeat", "sweep", "serve", "targets", "limits", "on", "notify", "store"]);
    }

    [Theory]
    [InlineData(Samples.Whole)]
    [InlineData(Samples.Swept)]
    [InlineData(Samples.Minimal)]
    [InlineData(
        "name: a\ntrain: { script: src/train.ipynb, environment: 'python:3.12', params: { a: [1, b], c: }, data: { d: "
        + "s3://bucket/x, e: ../x } }")]
    [InlineData(
        "name: a\ntrain: { script: a.py, params: { o: a, m: 1.0 }, metric: { name: x, goal: minimize } }\nsweep: { "
        + "prune: none, budget: { cost: 1.5 }, synchronous: true, from: k7m2xqab, parameters: { o: { values: [a, b], "
        + "ordered: true }, m: { min: 0, max: 1, when: { o: [a] } } } }")]
    [InlineData(
        "name: a\ntrain: { script: a.py, metric: { name: x, goal: minimize } }\nsweep: { prune: { rule: median, first: "
        + "10 }, budget: { time: 2h, cost: 20 }, seed: 7, parameters: { m: 3 } }")]
    [InlineData(
        "name: a\ntrain: { script: a.py }\nresources:\ntargets:\n  local: { kind: local, parallel: 2 }\n  k: { kind: "
        + "slurm, partition: gpu, arguments: [x] }\n")]
    public async Task The_schema_accepts_what_the_reader_accepts(string yaml)
    {
        Samples.Read(yaml);
        (await FaultsOfSchema(yaml)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("trian: 1")]
    [InlineData("repeat: two")]
    [InlineData("repeat: 0")]
    [InlineData("repeat: '3'")]
    [InlineData("resources: { memory: 4gb }")]
    [InlineData("resources: { memory: 4 }")]
    [InlineData("resources: { max_runtime: 90 }")]
    [InlineData("resources: { spot: yes }")]
    [InlineData("resources: { cpus: 0 }")]
    [InlineData("resources: { frob: 0 }")]
    [InlineData("sweep: { trials: 3 }")]
    [InlineData("sweep: { parameters: {} }")]
    [InlineData("sweep: { method: x, parameters: { n: 1 } }")]
    [InlineData("sweep: { parameters: { n: { min: 1 } } }")]
    [InlineData("sweep: { parameters: { n: { min: 1, max: 2, values: [1] } } }")]
    [InlineData("sweep: { parameters: { n: { values: [] } } }")]
    [InlineData("sweep: { parameters: { n: 1 }, prune: ahsa }")]
    [InlineData("sweep: { parameters: { n: 1 }, prune: { first: 1 } }")]
    [InlineData("sweep: { parameters: { n: 1 }, prune: { rule: asha, factor: 17 } }")]
    [InlineData("sweep: { parameters: { n: 1 }, budget: {} }")]
    [InlineData("sweep: { parameters: { n: 1 }, budget: }")]
    [InlineData("sweep: { parameters: { n: 1 }, budget: { cost: 0 } }")]
    [InlineData("sweep: { parameters: { n: 1 }, budget: { time: 2 } }")]
    [InlineData("sweep: { parameters: { n: 1 }, from: k7m2 }")]
    [InlineData("serve: { input: x.json }")]
    [InlineData("serve: { command: x, input: x.yaml }")]
    [InlineData("serve: { command: x, replicas: 0 }")]
    [InlineData("serve: { command: x, gate: {} }")]
    [InlineData("serve: { command: x, gate: { compare: a, require: worse } }")]
    [InlineData("serve: { command: x, redact: [email] }")]
    [InlineData("serve: { command: x, redact: [/a~b] }")]
    [InlineData("serve: { command: x, timeout: 30 }")]
    [InlineData("serve: { command: x, max_body: 6 }")]
    [InlineData("targets: { c: { kind: slurn } }")]
    [InlineData("targets: { c: { kind: local, partition: x } }")]
    [InlineData("targets: { c: { partition: x } }")]
    [InlineData("targets: { 'a b': { kind: local } }")]
    [InlineData("store: gs://x")]
    [InlineData("store: []")]
    public async Task The_reader_refuses_what_the_schema_refuses(string lines)
    {
        var yaml = $"name: a\ntrain: {{ command: x, params: {{ n: 1 }}, metric: {{ name: m, goal: maximize }} }}\n{lines}\n";
        Samples.Reader.Read(yaml, "t").Value.ShouldBeNull();
        (await FaultsOfSchema(yaml)).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("script: a.py")]
    [InlineData("environment: ubuntu")]
    [InlineData("data: { 1a: x }")]
    [InlineData("params: { a: { b: 1 } }")]
    [InlineData("metric: { name: x }")]
    [InlineData("metric: { name: x, goal: up }")]
    [InlineData("early_stopping: { metric: x, patience: 0 }")]
    [InlineData("exclude: x")]
    [InlineData("secrets: [ 'A=b' ]")]
    public async Task A_broken_train_part_is_refused_by_both(string line)
    {
        var yaml = $"name: a\ntrain:\n  command: x\n  {line}\n";
        Samples.Reader.Read(yaml, "t").Value.ShouldBeNull();
        (await FaultsOfSchema(yaml)).ShouldNotBeEmpty();
    }

    private static async Task<IReadOnlyList<string>> FaultsOfSchema(string yaml)
    {
        var faults = new FaultList("t");
        var root = new TreeBuilder(yaml, faults).Build()!;
        var schema = await JsonSchema.FromJsonAsync(ProjectSchema.ToJson(Samples.Kinds));
        return [.. schema.Validate(Json(root)).Select(fault => fault.ToString())];
    }

    private static string Json(Node node) => node switch
    {
        MapNode map =>
            "{" + string.Join(',', map.Entries.Select(entry => $"{JsonSerializer.Serialize(entry.Key.Text)}:{Json(entry.Value)}")) + "}",
        ListNode list => "[" + string.Join(',', list.Items.Select(Json)) + "]",
        ScalarNode scalar => CoreSchema.Resolve(scalar).Value switch
        {
            NumberValue number => number.Value.ToString(CultureInfo.InvariantCulture),
            IntegerValue or BooleanValue => CoreSchema.Resolve(scalar).Value!.Text,
            RequiredValue => "null",
            _ => JsonSerializer.Serialize(scalar.Text),
        },
        _ => throw new InvalidOperationException(),
    };
}
