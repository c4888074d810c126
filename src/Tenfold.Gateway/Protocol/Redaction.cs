using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tenfold.Gateway.Protocol;

/// <summary>Replaces the secret members of a body before it is logged. The model and the client get the body as it is.</summary>
internal sealed class Redaction
{
    private const string Mark = "[redacted]";
    private readonly IReadOnlyList<string[]> _pointers;

    private Redaction(IReadOnlyList<string[]> pointers) => _pointers = pointers;

    /// <summary>Makes a redaction; null when nothing is secret.</summary>
    /// <param name="pointers">JSON Pointers (RFC 6901), in which <c>*</c> stands for any member or index.</param>
    public static Redaction? Of(IReadOnlyList<string> pointers) => pointers.Count == 0 ? null : new Redaction(
        [.. pointers.Select(pointer => pointer.TrimStart('/').Split('/').Select(Unescape).ToArray())]);

    /// <summary>The body for the log.</summary>
    /// <returns>The body, or its redacted form; empty when the body is not whole JSON, because then nobody knows where its secrets are.
    /// </returns>
    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) return body;
        try
        {
            // Of two members with one name, a model may read either.
            var root = JsonNode.Parse(body.Span, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            var isChanged = false;
            foreach (var pointer in _pointers) Replace(root, pointer, ref isChanged);
            return isChanged ? Encoding.UTF8.GetBytes(root!.ToJsonString()) : body;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return default;
        }
    }

    private static string Unescape(string part) => part.Replace("~1", "/").Replace("~0", "~");

    private static void Replace(JsonNode? node, ReadOnlySpan<string> pointer, ref bool isChanged)
    {
        var name = pointer[0];
        var rest = pointer[1..];
        if (node is JsonObject members)
        {
            foreach (var key in members.Select(member => member.Key).Where(key => name == "*" || name == key).ToList())
            {
                if (!rest.IsEmpty) Replace(members[key], rest, ref isChanged);
                else members[key] = Mark;
                isChanged |= rest.IsEmpty;
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (name != "*" && name != $"{i}") continue;
                if (!rest.IsEmpty) Replace(list[i], rest, ref isChanged);
                else list[i] = Mark;
                isChanged |= rest.IsEmpty;
            }
        }
    }
}
