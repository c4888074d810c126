using System.Text.Json;

namespace Tenfold.Projects.Shapes;

/// <summary>Writes pieces of JSON Schema, draft-07.</summary>
internal static class SchemaWriter
{
    public static void Type(Utf8JsonWriter json, string type) => json.WriteString("type", type);

    public static void Types(Utf8JsonWriter json, string[] types)
    {
        if (types.Length == 1)
        {
            Type(json, types[0]);
            return;
        }

        json.WriteStartArray("type");
        foreach (var type in types) json.WriteStringValue(type);
        json.WriteEndArray();
    }

    public static void Enum(Utf8JsonWriter json, IEnumerable<string> words)
    {
        json.WriteStartArray("enum");
        foreach (var word in words) json.WriteStringValue(word);
        json.WriteEndArray();
    }

    public static void Pattern(Utf8JsonWriter json, string? pattern)
    {
        Type(json, "string");
        json.WriteNumber("minLength", 1);
        if (pattern is not null) json.WriteString("pattern", pattern);
    }

    public static void Member(Utf8JsonWriter json, string name, Shape shape)
    {
        json.WritePropertyName(name);
        Value(json, shape);
    }

    public static void Value(Utf8JsonWriter json, Shape shape)
    {
        json.WriteStartObject();
        shape.WriteSchema(json);
        json.WriteEndObject();
    }
}
