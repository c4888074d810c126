using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tenfold.Gateway.Protocol;

/// <summary>Writes a model's JSON as a reply of the Open Inference Protocol: each member of an object is an output.</summary>
internal static class InferReply
{
    /// <summary>Writes the reply.</summary>
    public static Outcome<TranslatedReply> Write(InferInput input, JsonElement reply, ModelOutput output, HttpContext context)
    {
        var outputs = OutputsOf(reply);
        if (input.Outputs.Count > 0)
        {
            if (input.Outputs.FirstOrDefault(wanted => outputs.All(found => found.Name != wanted.Name)) is { } missing)
                return Refusal.BadInput($"the model has no output '{missing.Name}'");
            outputs = [.. input.Outputs.Select(wanted => outputs.First(found => found.Name == wanted.Name))];
        }

        var buffer = new ArrayBufferWriter<byte>();
        var binary = new List<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model_name", output.Model);
            json.WriteString("model_version", output.Version);
            // A client without an id of its own gets the gateway's.
            json.WriteString("id", input.ClientId ?? Call.Of(context).Id.ToString());
            json.WriteStartArray("outputs");
            foreach (var (name, type, shape, elements) in outputs)
            {
                var isBinary = input.Outputs.FirstOrDefault(wanted => wanted.Name == name)?.IsBinary ?? input.IsBinary;
                WriteOutput(json, name, type, shape, elements, isBinary ? binary : null);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (binary.Count == 0) return new TranslatedReply(buffer.WrittenMemory, Replies.Json);
        context.Response.Headers[HeaderNames.InferenceHeaderLength] = buffer.WrittenCount.ToString(CultureInfo.InvariantCulture);
        buffer.Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(binary));
        return new TranslatedReply(buffer.WrittenMemory, "application/octet-stream");
    }

    private static void WriteOutput(
        Utf8JsonWriter json, string name, TensorType type, IReadOnlyList<int> shape, List<JsonElement> elements, List<byte>? binary)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("datatype", type.Name);
        json.WriteStartArray("shape");
        foreach (var size in shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        if (binary is not null)
        {
            var before = binary.Count;
            foreach (var element in elements) type.Encode(element, binary);
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", binary.Count - before);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("data");
            foreach (var element in elements) element.WriteTo(json);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static List<(string Name, TensorType Type, IReadOnlyList<int> Shape, List<JsonElement> Elements)> OutputsOf(
        JsonElement reply) =>
        reply.ValueKind == JsonValueKind.Object
            ? [.. reply.EnumerateObject().Select(member => ToOutput(member.Name, member.Value))]
            : [ToOutput("output", reply)];

    // A value that is no tensor (an object, a ragged list, a mixture of types) is given as its JSON text.
    private static (string Name, TensorType Type, IReadOnlyList<int> Shape, List<JsonElement> Elements) ToOutput(
        string name, JsonElement value)
    {
        var (shape, elements) = (new List<int>(), new List<JsonElement>());
        for (var first = value; first.ValueKind == JsonValueKind.Array; first = first[0])
        {
            shape.Add(first.GetArrayLength());
            if (first.GetArrayLength() == 0) break;
        }

        if (Flatten(value, shape, 0, elements) && TypeOf(elements) is { } type)
            return (name, TensorType.Find(type)!, shape.Count > 0 ? shape : [1], elements);
        return (name, TensorType.Find("BYTES")!, [1], [JsonSerializer.SerializeToElement(value.GetRawText(), ReplyJson.Default.String)]);
    }

    private static bool Flatten(JsonElement value, List<int> shape, int dimension, List<JsonElement> elements)
    {
        if (dimension == shape.Count)
        {
            elements.Add(value);
            return value.ValueKind is JsonValueKind.Number or JsonValueKind.String or JsonValueKind.True or JsonValueKind.False;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != shape[dimension]) return false;
        foreach (var element in value.EnumerateArray())
            if (!Flatten(element, shape, dimension + 1, elements)) return false;
        return true;
    }

    private static string? TypeOf(List<JsonElement> elements)
    {
        if (elements.All(element => element.ValueKind == JsonValueKind.String)) return "BYTES";
        if (elements.All(element => element.ValueKind is JsonValueKind.True or JsonValueKind.False)) return "BOOL";
        if (elements.Any(element => element.ValueKind != JsonValueKind.Number)) return null;
        return elements.All(element => element.TryGetInt64(out _)) ? "INT64" : "FP64";
    }
}
