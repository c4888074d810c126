using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Xml;
using System.Xml.Linq;

namespace Tenfold.Aws.Wire;

/// <summary>
/// Reads answers of query services. An answer is rewritten from XML to JSON, as the record's JSON names say, so that records of all
/// services look alike.
/// </summary>
/// <remarks>Source: Smithy, "AWS query protocol", response serialization.</remarks>
internal static class QueryAnswer
{
    /// <summary>Reads the result of an operation.</summary>
    /// <exception cref="JsonException">The answer is not XML, or a member has another type.</exception>
    public static TAnswer? Parse<TAnswer>(byte[] body, string operation, JsonTypeInfo<TAnswer> type) where TAnswer : WireAnswer
    {
        var root = TryParse(body) ?? throw new JsonException("it is not XML");
        if (root.Name.LocalName != $"{operation}Response")
            throw new JsonException($"it is a {root.Name.LocalName}, not a {operation}Response");
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            // An operation without results, for example DeleteStack, has no result element.
            Write(writer, Child(root, $"{operation}Result") ?? new XElement("none"), type);
        }
        var answer = JsonSerializer.Deserialize(json.WrittenSpan, type);
        if (answer is not null && Child(root, "ResponseMetadata") is { } metadata)
            answer.RequestId = Child(metadata, "RequestId")?.Value;
        return answer;
    }

    /// <summary>The root of an XML document; null when it is none, or has a DTD.</summary>
    public static XElement? TryParse(byte[] body)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using var reader = XmlReader.Create(new MemoryStream(body), settings);
            return XElement.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>The first descendant with a name, in any namespace.</summary>
    public static XElement? Descendant(XElement of, string name) => of.Descendants().FirstOrDefault(e => e.Name.LocalName == name);

    private static XElement? Child(XElement of, string name) => of.Elements().FirstOrDefault(e => e.Name.LocalName == name);

    private static void Write(Utf8JsonWriter writer, XElement element, JsonTypeInfo type)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                writer.WriteStartObject();
                foreach (var property in type.Properties)
                {
                    if (Child(element, property.Name) is not { } child) continue;
                    writer.WritePropertyName(property.Name);
                    Write(writer, child, type.Options.GetTypeInfo(property.PropertyType));
                }
                writer.WriteEndObject();
                break;
            case JsonTypeInfoKind.Enumerable:
                writer.WriteStartArray();
                foreach (var member in element.Elements()) Write(writer, member, type.Options.GetTypeInfo(type.ElementType!));
                writer.WriteEndArray();
                break;
            default:
                WriteValue(writer, element.Value, Nullable.GetUnderlyingType(type.Type) ?? type.Type);
                break;
        }
    }

    // A value of another type is written as text, which the record's reader then refuses.
    private static void WriteValue(Utf8JsonWriter writer, string value, Type type)
    {
        if (type == typeof(bool) && bool.TryParse(value, out var flag)) writer.WriteBooleanValue(flag);
        else if (type == typeof(int) && int.TryParse(value, CultureInfo.InvariantCulture, out var number)) writer.WriteNumberValue(number);
        else if (type == typeof(long) && long.TryParse(value, CultureInfo.InvariantCulture, out var large)) writer.WriteNumberValue(large);
        else if (type == typeof(double) && double.TryParse(value, CultureInfo.InvariantCulture, out var real))
            writer.WriteNumberValue(real);
        else writer.WriteStringValue(value);
    }
}
