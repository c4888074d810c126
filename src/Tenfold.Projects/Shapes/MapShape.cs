using System.Text.Json;
using Tenfold.Core.Commands;
using Tenfold.Core.Input;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>A mapping whose keys the user chooses. A key without a value is the empty mapping.</summary>
/// <param name="words">A description that completes "must be".</param>
/// <param name="keys">The rule for the keys.</param>
/// <param name="value">The shape of each value.</param>
internal sealed class MapShape<T>(string words, NameRule keys, Shape<T> value) : Shape<IReadOnlyDictionary<string, T>>
{
    public override string Words => words;

    public override IEnumerable<(string Suffix, Shape Shape)> Parts => [(".<name>", value)];

    /// <summary>True to refuse an empty mapping.</summary>
    public bool NotEmpty { get; init; }

    public override IReadOnlyDictionary<string, T> Read(Node node, string name, FaultList faults)
    {
        var read = new OrderedDictionary<string, T>(StringComparer.Ordinal);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = node is MapNode map ? map.Entries : [];
        if (node is not MapNode && !node.IsNull) faults.Add(node.Mark, $"{name} must be {words}, not {node.Shown}");
        else if (NotEmpty && entries.Count == 0) faults.Add(node.Mark, $"{name} is empty: it must be {words}");
        foreach (var (key, content) in entries)
        {
            if (Fault(key, variables) is { } fault) faults.Add(key.Mark, $"{Excerpt.Of(key.Text)} cannot name {keys.Thing}: {fault}");
            else if (value.Read(content, Excerpt.Bare(key.Text), faults) is { } item) read[key.Text] = item;
        }

        return read;
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        SchemaWriter.Types(json, NotEmpty ? ["object"] : ["object", "null"]);
        if (NotEmpty) json.WriteNumber("minProperties", 1);
        json.WriteStartObject("patternProperties");
        SchemaWriter.Member(json, keys.Pattern, value);
        json.WriteEndObject();
        json.WriteBoolean("additionalProperties", false);
    }

    private string? Fault(ScalarNode key, Dictionary<string, string> variables)
    {
        if (key.Plain && CoreSchema.Resolve(key) is not { Ok: true, Value: TextValue })
            return "YAML reads it as another type than text; put it in quotes, or choose another name";
        if (keys.Fault(key.Text) is { } fault) return fault;
        if (!keys.Variables) return null;
        var suffix = EnvironmentNames.Suffix(key.Text);
        if (variables.TryAdd(suffix, key.Text)) return null;
        return $"{Excerpt.Of(variables[suffix])} would be the same environment variable (…_{suffix}); rename one of them";
    }
}

/// <summary>The rule for the keys that a user chooses.</summary>
/// <param name="Thing">What a key names, with its article.</param>
/// <param name="Fault">What is wrong with a name; null for a valid name.</param>
/// <param name="Pattern">The rule as a regular expression, for JSON Schema.</param>
/// <param name="Variables">True when each name becomes an environment variable; two names must then not give the same variable.</param>
internal sealed record NameRule(string Thing, Func<string, string?> Fault, string Pattern, bool Variables);
