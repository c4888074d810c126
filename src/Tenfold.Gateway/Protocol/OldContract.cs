using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tenfold.Core.Requests;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Protocol;

/// <summary>
/// The contract of the service that Tenfold succeeds: <c>POST /run/</c> with an id, a time and inputs. Its faults are mended: the reply has
/// the prediction and the version, an id may be any text, and a request that is repeated is answered again.
/// </summary>
internal sealed class OldContract : Dialect
{
    /// <summary>The paths of the contract.</summary>
    public static IReadOnlyList<string> Endpoints { get; } =
        ["/", "/run/", "/output/<id>/", "/inputs/<id>/", "/version/", "/endpoints/"];

    /// <inheritdoc/>
    public override bool TranslatesReplies => true;

    /// <inheritdoc/>
    public override Outcome<ModelInput> Read(HttpRequest request, ReadOnlyMemory<byte> body, VersionEndpoint version)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("inputs", out var inputs)
                || TextOrNumber(root, "id") is not { Length: > 0 } id || TextOrNumber(root, "request_time") is not { Length: > 0 } at)
                return Refusal.BadInput("the request needs `id`, `request_time` and `inputs`");
            return new ModelInput(JsonSerializer.SerializeToUtf8Bytes(inputs, ReplyJson.Default.JsonElement), Replies.Json)
            {
                ClientId = id,
                ClientTime = at,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Refusal.BadInput("the request is not JSON");
        }
    }

    /// <inheritdoc/>
    public override Outcome<TranslatedReply> Write(ModelInput input, ModelOutput reply, HttpContext context)
    {
        var call = Call.Of(context);
        var run = new OldRun(call.Id, input.ClientId!, input.ClientTime, Prediction: JsonOf(reply.Body.Span), Version: reply.Version)
        {
            // What the old service answered, and nothing else.
            Code = 201,
        };
        return new TranslatedReply(JsonSerializer.SerializeToUtf8Bytes(run, ReplyJson.Default.OldRun), Replies.Json);
    }

    /// <summary>The logged outputs of an id.</summary>
    public static OldRun ToOutput(LoggedRequest request) =>
        new(request.Id, request.ClientId!, request.ClientTime, Version: request.Version, Output: JsonOf(request.ReplyBody.Span))
        {
            FinishedAt = request.At + request.Latency,
        };

    /// <summary>The logged inputs of an id.</summary>
    public static OldRun ToInputs(LoggedRequest request) =>
        new(request.Id, request.ClientId!, request.ClientTime, Version: request.Version, Inputs: JsonOf(request.RequestBody.Span));

    private static string? TextOrNumber(JsonElement root, string name) =>
        !root.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;

    private static JsonElement JsonOf(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(System.Text.Encoding.UTF8.GetString(body), ReplyJson.Default.String);
        }
    }
}

/// <summary>A run of the old contract. Each reply has the members that are not null.</summary>
/// <param name="RunId">The request's id in the log.</param>
/// <param name="Id">The client's id.</param>
/// <param name="RequestTime">The client's time.</param>
/// <param name="Prediction">The model's reply.</param>
/// <param name="Output">The model's reply, as the log has it.</param>
/// <param name="Inputs">The model's input, as the log has it.</param>
/// <param name="Version">The version that replied.</param>
internal sealed record OldRun(
    Guid RunId, string Id, string? RequestTime, JsonElement? Prediction = null, JsonElement? Output = null, JsonElement? Inputs = null,
    string? Version = null)
{
    /// <summary>The number that the old service replied with; null in listings.</summary>
    public int? Code { get; init; }

    /// <summary>When the reply was complete; null where the contract does not give it.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
