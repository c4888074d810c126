using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Tenfold.Gateway.Protocol;

/// <summary>Writes the gateway's own replies. Errors are <c>{"error": "text"}</c>, as in the Open Inference Protocol.</summary>
internal static class Replies
{
    /// <summary>The media type, without a character set: KServe's client reads the JSON of an error only then.</summary>
    public const string Json = "application/json";

    /// <summary>Writes an error.</summary>
    public static Task ErrorAsync(HttpContext context, int status, string message, IReadOnlyList<InputFault>? faults = null) =>
        BytesAsync(context, status, Error(context, message, faults));

    /// <summary>The body of an error.</summary>
    public static byte[] Error(HttpContext context, string message, IReadOnlyList<InputFault>? faults = null) =>
        JsonSerializer.SerializeToUtf8Bytes(new ErrorReply(message, Call.Of(context).Id, faults), ReplyJson.Default.ErrorReply);

    /// <summary>Writes a body of JSON.</summary>
    public static async Task BytesAsync(HttpContext context, int status, ReadOnlyMemory<byte> body, string contentType = Json)
    {
        var response = context.Response;
        (response.StatusCode, response.ContentType, response.ContentLength) = (status, contentType, body.Length);
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Writes a value as JSON.</summary>
    public static Task ValueAsync<T>(HttpContext context, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        BytesAsync(context, StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(value, type));
}

/// <summary>An error of the gateway.</summary>
/// <param name="Error">What happened, and what to do.</param>
/// <param name="RequestId">The request's id.</param>
/// <param name="Faults">What is wrong with the request's body; null for other errors.</param>
internal sealed record ErrorReply(string Error, Guid RequestId, IReadOnlyList<InputFault>? Faults);

/// <summary>How the gateway's own replies are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(ServerReply))]
[JsonSerializable(typeof(LiveReply))]
[JsonSerializable(typeof(ReadyReply))]
[JsonSerializable(typeof(ModelReply))]
[JsonSerializable(typeof(ModelReadyReply))]
[JsonSerializable(typeof(ModelListReply))]
[JsonSerializable(typeof(FeedbackReply))]
[JsonSerializable(typeof(List<OldRun>))]
[JsonSerializable(typeof(OldRun))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
internal sealed partial class ReplyJson : JsonSerializerContext;
