using System.Text.Json;
using Tenfold.Core.Input;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>A mapping with known keys.</summary>
/// <param name="words">A description that completes "must be".</param>
/// <param name="fields">The keys.</param>
/// <param name="make">Makes the value. Required keys may be absent or faulty, because checks run afterwards.</param>
internal sealed class ObjectShape<T>(string words, IReadOnlyList<Field> fields, Func<FieldValues, T> make) : Shape<T>
{
    public override string Words => words;

    public override IReadOnlyList<Field> Fields => fields;

    /// <summary>Checks keys against each other; null when there is nothing to check.</summary>
    public Action<FieldValues, T>? Check { get; init; }

    /// <summary>
    /// Sets of keys, exactly one of which must be present. Only the schema uses them; <see cref="Check"/> enforces them for the reader.
    /// </summary>
    public IReadOnlyList<string[]> Alternatives { get; init; } = [];

    /// <summary>True to refuse an object without keys.</summary>
    public bool NotEmpty { get; init; }

    public override T? Read(Node node, string name, FaultList faults)
    {
        if (node is not MapNode && !node.IsNull)
        {
            faults.Add(node.Mark, $"{name} must be {words}, not {node.Shown}");
            return default;
        }

        var map = node as MapNode ?? new MapNode(node.Mark, []);
        if (NotEmpty && map.Entries.Count == 0) faults.Add(node.Mark, $"{name} is empty: it must be {words}");
        var values = new FieldValues(map, faults);
        foreach (var (key, value) in map.Entries)
        {
            if (fields.FirstOrDefault(field => field.Key == key.Text) is { } known) values.Set(known, known.Read(value, faults));
            else Unknown(key, values);
        }

        foreach (var field in fields)
        {
            if (field.Required && !values.Has(field) && !values.Meant.Contains(field.Key))
                faults.Add(node.Mark,
                    $"'{field.Key}' is missing{(name.Length == 0 ? "" : $" in {name}")}: add a line such as {field.Key}: {field.Example}");
        }

        var made = make(values);
        Check?.Invoke(values, made);
        return made;
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        var needed = fields.Any(field => field.Required) || Alternatives.Count > 0 || NotEmpty;
        SchemaWriter.Types(json, needed ? ["object"] : ["object", "null"]);
        if (NotEmpty) json.WriteNumber("minProperties", 1);
        ObjectSchema.WriteMembers(json, fields, Alternatives);
    }

    private void Unknown(ScalarNode key, FieldValues values)
    {
        var nearest = Nearest.To(key.Text, fields.Select(field => field.Key));
        var below = nearest is null ? fields.FirstOrDefault(field => field.Shape.Fields.Any(inner => inner.Key == key.Text)) : null;
        var hint = (nearest, below) switch
        {
            (not null, _) => "",
            (_, not null) => $"; it belongs under '{below.Key}'",
            _ => $"; known here: {string.Join(", ", fields.Select(field => field.Key))}",
        };
        if (nearest is not null) values.Meant.Add(nearest);
        values.Faults.Add(key.Mark, $"unknown key {Excerpt.Of(key.Text)}{hint}", nearest);
    }
}

/// <summary>The JSON Schema of an object's keys.</summary>
internal static class ObjectSchema
{
    public static void WriteMembers(Utf8JsonWriter json, IReadOnlyList<Field> fields, IReadOnlyList<string[]> alternatives)
    {
        json.WriteStartObject("properties");
        foreach (var field in fields)
        {
            json.WriteStartObject(field.Key);
            json.WriteString("description", field.Required ? field.Meaning : $"{field.Meaning} Default: {field.DefaultWords}.");
            field.Shape.WriteSchema(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteBoolean("additionalProperties", false);
        WriteRequired(json, fields.Where(field => field.Required).Select(field => field.Key));
        if (alternatives.Count == 0) return;
        json.WriteStartArray("oneOf");
        foreach (var keys in alternatives)
        {
            json.WriteStartObject();
            WriteRequired(json, keys);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRequired(Utf8JsonWriter json, IEnumerable<string> keys)
    {
        var needed = keys.ToList();
        if (needed.Count == 0) return;
        json.WriteStartArray("required");
        foreach (var key in needed) json.WriteStringValue(key);
        json.WriteEndArray();
    }
}
