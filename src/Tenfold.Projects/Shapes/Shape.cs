using System.Text.Json;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>
/// The shape of a piece of <c>tenfold.yaml</c>. Shapes are the one model for the checks, the JSON Schema and the reference page.
/// </summary>
internal abstract class Shape
{
    /// <summary>A description that completes "must be": <c>a whole number of at least 1</c>.</summary>
    public abstract string Words { get; }

    /// <summary>The keys of an object; empty for other shapes.</summary>
    public virtual IReadOnlyList<Field> Fields => [];

    /// <summary>Nested shapes without a fixed key, each with the suffix that the reference page adds to the path.</summary>
    public virtual IEnumerable<(string Suffix, Shape Shape)> Parts => [];

    /// <summary>Writes the members of the JSON Schema into an object that is already open.</summary>
    public abstract void WriteSchema(Utf8JsonWriter json);
}

/// <inheritdoc/>
/// <typeparam name="T">What a piece of this shape is read as.</typeparam>
internal abstract class Shape<T> : Shape
{
    /// <summary>Reads a node. Faults are collected; the value is then the default or incomplete.</summary>
    /// <param name="node">The piece.</param>
    /// <param name="name">Its key, for messages.</param>
    /// <param name="faults">Receives the faults.</param>
    public abstract T? Read(Node node, string name, FaultList faults);
}

/// <summary>A scalar.</summary>
internal sealed class ScalarShape<T>(string words, Func<ScalarNode, Reading<T>> parse, Action<Utf8JsonWriter> schema) : Shape<T>
{
    public override string Words => words;

    /// <summary>Reads the text alone.</summary>
    public Reading<T> Parse(ScalarNode scalar) => parse(scalar);

    /// <summary>True to keep the text out of messages.</summary>
    public bool Hidden { get; init; }

    public override T? Read(Node node, string name, FaultList faults)
    {
        var reading = node is ScalarNode { IsNull: false } scalar ? parse(scalar) : Reading.Fail<T>();
        if (node.IsNull)
            faults.Add(node.Mark, $"{name} has no value: it must be {words}. Give one, or remove the key");
        else if (!reading.Ok)
            faults.Add(node.Mark, $"{name} must be {words}, not {(Hidden ? "what is here" : node.Shown)}" + Because(node, reading.Why),
                reading.Suggestion);
        return reading.Value;
    }

    public override void WriteSchema(Utf8JsonWriter json) => schema(json);

    private static string Because(Node node, string? why) => (node, why) switch
    {
        (ScalarNode, null) => "",
        (ScalarNode, _) => $": {why}",
        _ => "; a text that begins with '{' or '[', or contains ': ', must be in quotes",
    };
}

/// <summary>A list of one shape. A key without a value is the empty list.</summary>
internal sealed class ListShape<T>(string words, Shape<T> item, int atLeast = 0) : Shape<IReadOnlyList<T>>
{
    public override string Words => words;

    public override IReadOnlyList<T> Read(Node node, string name, FaultList faults)
    {
        var read = new List<T>();
        var items = node is ListNode list ? list.Items : [];
        if (node is not ListNode && !node.IsNull)
            faults.Add(node.Mark, $"{name} must be {words}, not {node.Shown}: begin each entry with '- ', or write [a, b]");
        else if (items.Count < atLeast) faults.Add(node.Mark, $"{name} must be {words}, not {node.Shown}: at least {atLeast}");
        for (var i = 0; i < items.Count; i++)
        {
            if (item.Read(items[i], $"entry {i + 1} of {name}", faults) is { } value) read.Add(value);
        }

        return read;
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        SchemaWriter.Types(json, atLeast == 0 ? ["array", "null"] : ["array"]);
        if (atLeast > 0) json.WriteNumber("minItems", atLeast);
        SchemaWriter.Member(json, "items", item);
    }
}

/// <summary>A scalar, a list or a mapping. The node determines which, so that faults concern the shape that the user meant.</summary>
internal sealed class OneOfShape<T>(string words, Shape<T> scalar, Shape<T>? list = null, Shape<T>? map = null) : Shape<T>
{
    public override string Words => words;

    public override IReadOnlyList<Field> Fields => map?.Fields ?? [];

    public override T? Read(Node node, string name, FaultList faults)
    {
        var shape = node switch
        {
            ListNode => list,
            MapNode => map,
            _ => scalar,
        };
        if (shape is not null) return shape.Read(node, name, faults);
        faults.Add(node.Mark, $"{name} must be {words}, not {node.Shown}");
        return default;
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartArray("oneOf");
        foreach (var shape in new[] { scalar, list, map })
        {
            if (shape is not null) SchemaWriter.Value(json, shape);
        }

        json.WriteEndArray();
    }
}

/// <summary>A shape whose value is converted to another type.</summary>
internal sealed class MappedShape<TFrom, TTo>(Shape<TFrom> from, Func<TFrom, TTo> map) : Shape<TTo>
{
    public override string Words => from.Words;

    public override IReadOnlyList<Field> Fields => from.Fields;

    public override TTo? Read(Node node, string name, FaultList faults) =>
        from.Read(node, name, faults) is { } value ? map(value) : default;

    public override void WriteSchema(Utf8JsonWriter json) => from.WriteSchema(json);
}
