using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Protocol;

/// <summary>The Open Inference Protocol v2 over REST, with its extension for binary tensors.</summary>
/// <remarks>
/// The model gets an object with one member for each input. A member is a list of the input's shape; where the model's schema wants a
/// single value, an input of one element becomes that value. Source: kserve/open-inference-protocol, <c>inference_rest.md</c>, and Triton's
/// <c>extension_binary_data.md</c>.
/// </remarks>
internal sealed class InferDialect : Dialect
{
    /// <inheritdoc/>
    public override bool TranslatesReplies => true;

    /// <inheritdoc/>
    public override Outcome<ModelInput> Read(HttpRequest request, ReadOnlyMemory<byte> body, VersionEndpoint version)
    {
        if (!Split(request, body).Succeeded(out var parts, out var refusal)) return refusal;
        try
        {
            using var document = JsonDocument.Parse(parts.Json);
            return Read(document.RootElement, parts.Binary, version);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Refusal.BadInput("the request is not JSON of the Open Inference Protocol");
        }
    }

    /// <inheritdoc/>
    public override Outcome<TranslatedReply> Write(ModelInput input, ModelOutput reply, HttpContext context)
    {
        try
        {
            using var document = JsonDocument.Parse(reply.Body);
            return InferReply.Write((InferInput)input, document.RootElement, reply, context);
        }
        catch (JsonException)
        {
            return Refusal.BadInput("the model's reply is not JSON");
        }
    }

    // With binary tensors the JSON comes first, and a header has its length.
    private static Outcome<InferParts> Split(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        if (!request.Headers.TryGetValue(HeaderNames.InferenceHeaderLength, out var header)) return new InferParts(body, default);
        return int.TryParse(header.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= body.Length
            ? new InferParts(body[..length], body[length..])
            : Refusal.BadInput($"{HeaderNames.InferenceHeaderLength} is not a number of bytes of the body");
    }

    private static Outcome<ModelInput> Read(JsonElement request, ReadOnlyMemory<byte> binary, VersionEndpoint version)
    {
        if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("inputs", out var inputs)
            || inputs.ValueKind != JsonValueKind.Array || inputs.GetArrayLength() == 0)
            return Refusal.BadInput("the request needs `inputs`, a list of at least one tensor");
        var members = new JsonObject();
        var schema = version.Input?.Document;
        JsonNode? only = null;
        foreach (var json in inputs.EnumerateArray())
        {
            if (!Tensor.Read(json, ref binary).Succeeded(out var tensor, out var refusal)) return refusal;
            if (members.ContainsKey(tensor.Name)) return Refusal.BadInput($"input '{tensor.Name}' occurs twice");
            only = ToMember(tensor, schema);
            members[tensor.Name] = only;
        }

        if (!binary.IsEmpty) return Refusal.BadInput($"the body has {binary.Length} bytes that no input uses");
        // A model that takes a list gets the one tensor itself.
        var isList = schema is { ValueKind: JsonValueKind.Object } whole && Tensor.TextOf(whole, "type") == "array";
        if (isList && members.Count > 1) return Refusal.BadInput("this model takes one input");
        var node = isList ? only! : members;
        return new InferInput(ToBytes(node), Replies.Json)
        {
            ClientId = IdOf(request),
            Outputs = OutputsOf(request),
            IsBinary = Tensor.FlagOf(request, "binary_data_output") ?? false,
        };
    }

    private static JsonNode? ToMember(Tensor tensor, JsonElement? schema)
    {
        var isSingle = tensor.Elements.Count == 1 && schema is { ValueKind: JsonValueKind.Object } whole
            && whole.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            && properties.TryGetProperty(tensor.Name, out var property) && property.ValueKind == JsonValueKind.Object
            && Tensor.TextOf(property, "type") is "number" or "integer" or "string" or "boolean";
        return isSingle ? tensor.Elements[0] : tensor.ToNested();
    }

    private static string? IdOf(JsonElement request) =>
        !request.TryGetProperty("id", out var id) ? null
        : id.ValueKind == JsonValueKind.String ? id.GetString() : id.ValueKind == JsonValueKind.Null ? null : id.GetRawText();

    private static List<WantedOutput> OutputsOf(JsonElement request)
    {
        if (!request.TryGetProperty("outputs", out var outputs) || outputs.ValueKind != JsonValueKind.Array) return [];
        return [.. outputs.EnumerateArray().Where(output => output.ValueKind == JsonValueKind.Object)
            .Select(output => new WantedOutput(Tensor.TextOf(output, "name") ?? "", Tensor.FlagOf(output, "binary_data")))];
    }

    private static ReadOnlyMemory<byte> ToBytes(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        node.WriteTo(writer);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private sealed record InferParts(ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte> Binary);
}

/// <summary>The input of a model that came in the Open Inference Protocol.</summary>
/// <param name="Body">The body for <c>POST /invocations</c>.</param>
/// <param name="ContentType">Its media type.</param>
internal sealed record InferInput(ReadOnlyMemory<byte> Body, string? ContentType) : ModelInput(Body, ContentType)
{
    /// <summary>The outputs that the client wants; empty for all.</summary>
    public IReadOnlyList<WantedOutput> Outputs { get; init; } = [];

    /// <summary>True when the client wants binary outputs unless it says otherwise for one.</summary>
    public bool IsBinary { get; init; }
}

/// <summary>An output that a client wants.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsBinary">Whether it is to be binary; null: as for the whole request.</param>
internal sealed record WantedOutput(string Name, bool? IsBinary);
