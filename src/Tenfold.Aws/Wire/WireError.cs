using System.Text.Json;

namespace Tenfold.Aws.Wire;

/// <summary>The code and message of an error answer. An answer of a proxy, or of no known form, has an empty code.</summary>
internal sealed record WireError(string Code, string Message, string? RequestId = null)
{
    private static readonly WireError Unknown = new("", "");

    /// <summary>Reads the error of a JSON service.</summary>
    /// <remarks>Source: Smithy, "AWS REST JSON 1.1 protocol", operation error serialization.</remarks>
    public static WireError OfJson(byte[] body, string? typeHeader)
    {
        var (type, message) = ("", "");
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                type = TextOf(document.RootElement, "__type") ?? TextOf(document.RootElement, "code") ?? "";
                message = TextOf(document.RootElement, "message") ?? TextOf(document.RootElement, "Message") ?? "";
            }
        }
        catch (JsonException)
        {
            // A proxy in between answers in HTML. The header, if there is one, and the status still tell what happened.
        }
        return new(CodeOf(string.IsNullOrEmpty(typeHeader) ? type : typeHeader), message);
    }

    /// <summary>Reads the error of a query service.</summary>
    public static WireError OfXml(byte[] body)
    {
        if (QueryAnswer.TryParse(body) is not { } root) return Unknown;
        var code = QueryAnswer.Descendant(root, "Code");
        return code is null ? Unknown : new(
            code.Value, QueryAnswer.Descendant(root, "Message")?.Value ?? "",
            (QueryAnswer.Descendant(root, "RequestId") ?? QueryAnswer.Descendant(root, "RequestID"))?.Value);
    }

    // "aws.protocols#FooError:http://internal.amazon.com/coral/" means FooError.
    private static string CodeOf(string type)
    {
        var end = type.IndexOf(':');
        if (end >= 0) type = type[..end];
        return type[(type.LastIndexOf('#') + 1)..].Trim();
    }

    private static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
