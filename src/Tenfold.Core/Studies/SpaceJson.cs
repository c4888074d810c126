using System.Text.Json;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Studies;

/// <summary>
/// A search space as JSON, as the ledger stores it: an object with a member for each parameter, in order, much as in <c>tenfold.yaml</c>.
/// </summary>
public static class SpaceJson
{
    /// <summary>Writes a space.</summary>
    public static JsonElement Write(IReadOnlyDictionary<string, SearchDimension> space)
    {
        using var document = JsonDocument.Parse(ParameterValue.JsonOf(json =>
        {
            json.WriteStartObject();
            foreach (var (name, dimension) in space)
            {
                json.WriteStartObject(name);
                WriteDimension(json, dimension);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }));
        return document.RootElement.Clone();
    }

    /// <summary>Reads a space that <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">The JSON is not a search space.</exception>
    public static IReadOnlyDictionary<string, SearchDimension> Read(JsonElement json)
    {
        try
        {
            var space = new OrderedDictionary<string, SearchDimension>(StringComparer.Ordinal);
            foreach (var member in json.EnumerateObject()) space.Add(member.Name, ReadDimension(member.Value));
            return space;
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new JsonException($"this is not a search space: {e.Message}", e);
        }
    }

    /// <summary>Writes forbidden combinations.</summary>
    public static IReadOnlyList<JsonElement> WriteForbidden(
        IReadOnlyList<IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>>> forbidden) =>
    [
        .. forbidden.Select(combination => JsonElement.Parse(ParameterValue.JsonOf(json =>
        {
            json.WriteStartObject();
            foreach (var (name, values) in combination) WriteValues(json, name, values);
            json.WriteEndObject();
        }))),
    ];

    /// <summary>Reads combinations that <see cref="WriteForbidden"/> wrote.</summary>
    /// <exception cref="JsonException">A value is none that a parameter can have.</exception>
    public static IReadOnlyList<IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>>> ReadForbidden(
        IReadOnlyList<JsonElement> forbidden) => [.. forbidden.Select(ReadConditions)];

    private static void WriteDimension(Utf8JsonWriter json, SearchDimension dimension)
    {
        switch (dimension)
        {
            case FixedDimension fixedValue:
                json.WritePropertyName("value");
                fixedValue.Value.WriteTo(json);
                break;
            case RangeDimension range:
                json.WriteNumber("min", range.Min);
                json.WriteNumber("max", range.Max);
                if (range.Whole) json.WriteBoolean("whole", true);
                if (range.Scale == RangeScale.Log) json.WriteString("scale", "log");
                if (range.Step is { } step) json.WriteNumber("step", step);
                break;
            case ChoiceDimension choice:
                WriteValues(json, "values", choice.Values);
                if (choice.Ordered) json.WriteBoolean("ordered", true);
                break;
        }

        if (dimension.When.Count == 0) return;
        json.WriteStartObject("when");
        foreach (var (name, values) in dimension.When) WriteValues(json, name, values);
        json.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter json, string name, IReadOnlyList<ParameterValue> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) value.WriteTo(json);
        json.WriteEndArray();
    }

    private static SearchDimension ReadDimension(JsonElement json)
    {
        var when = json.TryGetProperty("when", out var conditions) ? ReadConditions(conditions) : [];
        if (json.TryGetProperty("value", out var value)) return new FixedDimension(Value(value)) { When = when };
        if (json.TryGetProperty("values", out var values)) return new ChoiceDimension(Values(values), Is(json, "ordered")) { When = when };
        return new RangeDimension
        {
            Min = json.GetProperty("min").GetDouble(),
            Max = json.GetProperty("max").GetDouble(),
            Whole = Is(json, "whole"),
            Scale = json.TryGetProperty("scale", out var scale) ? Scale(scale) : RangeScale.Linear,
            Step = json.TryGetProperty("step", out var step) ? step.GetDouble() : null,
            When = when,
        };
    }

    private static OrderedDictionary<string, IReadOnlyList<ParameterValue>> ReadConditions(JsonElement json)
    {
        var conditions = new OrderedDictionary<string, IReadOnlyList<ParameterValue>>(StringComparer.Ordinal);
        foreach (var condition in json.EnumerateObject()) conditions.Add(condition.Name, Values(condition.Value));
        return conditions;
    }

    private static bool Is(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.GetBoolean();

    private static RangeScale Scale(JsonElement json) => json.GetString() switch
    {
        "log" => RangeScale.Log,
        "linear" => RangeScale.Linear,
        _ => throw new JsonException($"unknown scale {json}"),
    };

    private static List<ParameterValue> Values(JsonElement json) => [.. json.EnumerateArray().Select(Value)];

    private static ParameterValue Value(JsonElement json) =>
        ParameterJson.Read(json) ?? throw new JsonException($"{json} is not a value that a parameter can have");
}
