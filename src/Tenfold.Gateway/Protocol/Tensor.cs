using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tenfold.Gateway.Protocol;

/// <summary>A tensor of the Open Inference Protocol, with its elements in row-major order.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its data type.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Elements">Its elements.</param>
internal sealed record Tensor(string Name, TensorType Type, IReadOnlyList<long> Shape, IReadOnlyList<JsonNode?> Elements)
{
    private const int MostDimensions = 16;

    /// <summary>The elements as nested lists that have the tensor's shape.</summary>
    public JsonNode? ToNested()
    {
        var next = 0;
        return Nest(0, ref next);
    }

    /// <summary>Reads a tensor of a request.</summary>
    /// <param name="json">The tensor in the request's JSON.</param>
    /// <param name="binary">The binary tensors after the JSON. What this tensor has of it is taken away.</param>
    public static Outcome<Tensor> Read(JsonElement json, ref ReadOnlyMemory<byte> binary)
    {
        if (json.ValueKind != JsonValueKind.Object || TextOf(json, "name") is not { Length: > 0 } name)
            return Refusal.BadInput("each input needs a `name`");
        if (TensorType.Find(TextOf(json, "datatype")) is not { } type)
            return Refusal.BadInput($"input '{name}' has no known `datatype`");
        if (ShapeOf(json) is not { } shape) return Refusal.BadInput($"input '{name}' has no valid `shape`");
        // The product of an honest shape is at most the number of the body's bytes, so a huge one is caught before memory is taken.
        if (CountOf(shape) is not { } count) return Refusal.BadInput($"the shape of input '{name}' is too large");
        var elements = BinarySize(json) is { } size ? Take(type, size, ref binary) : ReadData(json, type, count);
        if (elements is null) return Refusal.BadInput($"the data of input '{name}' does not fit its datatype {type.Name}");
        if (elements.Count != count)
            return Refusal.BadInput($"input '{name}' has {elements.Count} elements, and its shape needs {count}");
        return new Tensor(name, type, shape, elements);
    }

    /// <summary>A member of an object, when it is a text.</summary>
    public static string? TextOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A truth value among the parameters of an object; null when there is none.</summary>
    public static bool? FlagOf(JsonElement json, string name) =>
        json.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object
        && parameters.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? parameters.GetProperty(name).GetBoolean() : null;

    private JsonNode? Nest(int dimension, ref int next)
    {
        if (dimension == Shape.Count) return Elements[next++]?.DeepClone();
        var list = new JsonArray();
        for (var i = 0; i < Shape[dimension]; i++) list.Add(Nest(dimension + 1, ref next));
        return list;
    }

    private static List<long>? ShapeOf(JsonElement json)
    {
        if (!json.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array) return null;
        if (shape.GetArrayLength() > MostDimensions) return null;
        var sizes = new List<long>();
        foreach (var size in shape.EnumerateArray())
        {
            if (size.ValueKind != JsonValueKind.Number || !size.TryGetInt64(out var number) || number < 0) return null;
            sizes.Add(number);
        }

        return sizes;
    }

    private static int? CountOf(List<long> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            count *= size;
            if (size > int.MaxValue || count > int.MaxValue) return null;
        }

        // A shape such as [0, 1000000000] has no element, but a list of a billion empty lists.
        return count == 0 && shape.Count > 1 ? null : (int)count;
    }

    private static int? BinarySize(JsonElement json) =>
        json.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object
        && parameters.TryGetProperty("binary_data_size", out var size) && size.ValueKind == JsonValueKind.Number
        && size.TryGetInt32(out var bytes) ? bytes : null;

    private static List<JsonNode?>? Take(TensorType type, int size, ref ReadOnlyMemory<byte> binary)
    {
        if (size < 0 || size > binary.Length) return null;
        var bytes = binary[..size];
        binary = binary[size..];
        return type.Decode(bytes.Span);
    }

    // The data may be flat or nested.
    private static List<JsonNode?>? ReadData(JsonElement json, TensorType type, int most)
    {
        if (!json.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array) return null;
        var elements = new List<JsonNode?>();
        return Flatten(data, type, most, elements) ? elements : null;
    }

    private static bool Flatten(JsonElement data, TensorType type, int most, List<JsonNode?> elements)
    {
        foreach (var element in data.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                if (!Flatten(element, type, most, elements)) return false;
                continue;
            }

            if (!type.Takes(element)) return false;
            elements.Add(JsonValue.Create(element.Clone()));
            if (elements.Count > most) return true;
        }

        return true;
    }
}
