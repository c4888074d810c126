using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace Tenfold.Aws.Tests.Scripted;

/// <summary>What the double answers.</summary>
internal sealed record AwsReply
{
    public int Status { get; private init; } = 200;

    public string Code { get; private init; } = "";

    public string Message { get; private init; } = "";

    /// <summary>The members of the answer; null for an error, or an answer of another form.</summary>
    public JsonElement? Output { get; private init; }

    /// <summary>An answer as it is; null for one that follows the service's protocol.</summary>
    public byte[]? Raw { get; private init; }

    /// <summary>True to close the connection without an answer.</summary>
    public bool IsLost { get; private init; }

    /// <summary>True to close the connection in the middle of the answer.</summary>
    public bool IsCut { get; init; }

    public Dictionary<string, string> Headers { get; init; } = [];

    public static AwsReply Ok(object output) => new() { Output = JsonSerializer.SerializeToElement(output) };

    public static AwsReply Error(int status, string code, string message = "no reason") =>
        new() { Status = status, Code = code, Message = message };

    public static AwsReply As(int status, string body) => new() { Status = status, Raw = Encoding.UTF8.GetBytes(body) };

    public static AwsReply Lost { get; } = new() { IsLost = true };

    public byte[] Render(AwsCall call, string requestId)
    {
        if (Raw is not null) return Raw;
        if (!call.IsQuery)
        {
            return Output is { } output ? JsonSerializer.SerializeToUtf8Bytes(output)
                : JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["__type"] = Code, ["message"] = Message });
        }
        XNamespace space = "http://example.amazonaws.com/doc/";
        var content = Output is { } result
            ? new XElement(space + $"{call.Operation}Response",
                new XElement(space + $"{call.Operation}Result", Members(space, result)),
                new XElement(space + "ResponseMetadata", new XElement(space + "RequestId", requestId)))
            : new XElement(space + "ErrorResponse",
                new XElement(space + "Error",
                    new XElement(space + "Type", "Sender"), new XElement(space + "Code", Code), new XElement(space + "Message", Message)),
                new XElement(space + "RequestId", requestId));
        return Encoding.UTF8.GetBytes(content.ToString());
    }

    private static IEnumerable<object> Members(XNamespace space, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Select(m => new XElement(space + m.Name, Members(space, m.Value))),
        JsonValueKind.Array => value.EnumerateArray().Select(item => new XElement(space + "member", Members(space, item))),
        JsonValueKind.True or JsonValueKind.False => [value.GetBoolean() ? "true" : "false"],
        _ => [value.ToString()],
    };
}
