using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tenfold.Aws.Wire;

/// <summary>Encodes requests of query services: <c>Action=…&amp;Tags.member.1.Key=…</c>.</summary>
/// <remarks>Source: Smithy, "AWS query protocol", request serialization.</remarks>
internal static class QueryForm
{
    /// <summary>Encodes a request.</summary>
    public static byte[] Encode(string operation, string version, JsonElement request)
    {
        var form = new StringBuilder($"Action={operation}&Version={version}");
        Append(form, "", request);
        return Encoding.UTF8.GetBytes(form.ToString());
    }

    private static void Append(StringBuilder form, string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                    Append(form, name.Length == 0 ? member.Name : $"{name}.{member.Name}", member.Value);
                break;
            case JsonValueKind.Array:
                var number = 0;
                foreach (var item in value.EnumerateArray())
                    Append(form, string.Create(CultureInfo.InvariantCulture, $"{name}.member.{++number}"), item);
                // An empty list differs from none: it removes what is there.
                if (number == 0) form.Append('&').Append(name).Append('=');
                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                break;
            case JsonValueKind.String:
                AppendValue(form, name, value.GetString()!);
                break;
            default:
                AppendValue(form, name, value.GetRawText());
                break;
        }
    }

    private static void AppendValue(StringBuilder form, string name, string value) =>
        form.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
}
