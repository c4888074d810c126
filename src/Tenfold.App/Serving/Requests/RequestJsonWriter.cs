using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Tenfold.Core.Requests;

namespace Tenfold.App.Serving.Requests;

/// <summary>Writes logged requests as JSON; <c>docs/json.md</c> describes the fields.</summary>
/// <remarks>A body that is JSON is written as it was sent, duplicate keys and huge numbers included, only without line ends.</remarks>
public static class RequestJsonWriter
{
    /// <summary>Writes a request as an object.</summary>
    public static void Write(Utf8JsonWriter writer, LoggedRequest request)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, request.Id);
        writer.WriteString("at"u8, request.At);
        writer.WriteString("model"u8, request.Model);
        writer.WriteString("version"u8, request.Version);
        writer.WriteString("kind"u8, RequestWords.Of(request.Kind));
        if (request.ShadowOf is { } of) writer.WriteString("shadowOf"u8, of);
        else writer.WriteNull("shadowOf"u8);
        writer.WriteString("arm"u8, request.Arm);
        writer.WriteNumber("routeRevision"u8, request.RouteRevision);
        writer.WriteString("key"u8, request.Key);
        writer.WriteNumber("status"u8, request.Status);
        writer.WriteString("outcome"u8, RequestWords.Of(request.Outcome));
        writer.WriteNumber("latencySeconds"u8, request.Latency.TotalSeconds);
        if (request.ModelLatency is { } latency) writer.WriteNumber("modelLatencySeconds"u8, latency.TotalSeconds);
        else writer.WriteNull("modelLatencySeconds"u8);
        writer.WriteString("clientId"u8, request.ClientId);
        writer.WriteString("clientTime"u8, request.ClientTime);
        writer.WriteString("caller"u8, request.Caller);
        var (sent, replied) = (request.RequestBody, request.ReplyBody);
        WriteBody(writer, "request"u8, sent, request.RequestContentType, request.RequestSizeBytes, request.IsRequestCut);
        WriteBody(writer, "reply"u8, replied, request.ReplyContentType, request.ReplySizeBytes, request.IsReplyCut);
        writer.WriteEndObject();
    }

    private static void WriteBody(
        Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> body, string? contentType, long sizeBytes, bool isCut)
    {
        writer.WriteStartObject(name);
        writer.WriteString("contentType"u8, contentType);
        writer.WriteNumber("sizeBytes"u8, sizeBytes);
        writer.WriteBoolean("isCut"u8, isCut);
        if (BodyText.IsJson(body.Span))
        {
            writer.WritePropertyName("json"u8);
            writer.WriteRawValue(OnOneLine(body.Span), skipInputValidation: true);
        }
        else if (Utf8.IsValid(body.Span))
        {
            writer.WriteString("text"u8, Encoding.UTF8.GetString(body.Span));
        }
        else
        {
            writer.WriteBase64String("base64"u8, body.Span);
        }

        writer.WriteEndObject();
    }

    // In JSON, a line end is either white space or an error.
    private static ReadOnlySpan<byte> OnOneLine(ReadOnlySpan<byte> json)
    {
        if (json.IndexOfAny((byte)'\n', (byte)'\r') < 0) return json;
        var line = json.ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return line;
    }
}
