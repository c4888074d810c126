using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Tenfold.Core.Reasons;

/// <summary>What the stored forms of reasons and warnings have in common.</summary>
internal static class CodedJson
{
    // Stored text is read by people too: quotes and letters beyond ASCII stay as they are. It is never part of a web page.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The member <c>code</c> of a stored object; <c>unknown</c> when it has none.</summary>
    public static string CodeOf(JsonElement data) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String
            ? code.GetString()! : "unknown";

    /// <summary>Reads a stored object as its case; null when this version does not know the code, or the code's members.</summary>
    public static object? ReadCase(JsonElement data, Func<string, JsonTypeInfo?> caseOf)
    {
        try
        {
            return caseOf(CodeOf(data)) is { } type ? data.Deserialize(type) : null;
        }
        catch (JsonException)
        {
            return null; // a newer version gave the code other members
        }
    }

    public static string Write<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content, Readable)) JsonSerializer.Serialize(json, value, type);
        return Encoding.UTF8.GetString(content.WrittenSpan);
    }

    /// <summary>Reads a stored value; null when it is not of the expected form.</summary>
    public static T? Read<T>(string stored, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return stored.AsSpan().TrimStart() is ['{' or '[', ..] ? JsonSerializer.Deserialize(stored, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Edits every text of a value but its codes, whatever its case, so that no case can be forgotten.</summary>
    public static T Edit<T>(T value, JsonTypeInfo<T> type, Func<string, string> edit)
    {
        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content)) Copy(JsonSerializer.SerializeToElement(value, type), json, edit);
        return JsonSerializer.Deserialize(content.WrittenSpan, type)!;
    }

    private static void Copy(JsonElement from, Utf8JsonWriter to, Func<string, string> edit)
    {
        switch (from.ValueKind)
        {
            case JsonValueKind.Object:
                to.WriteStartObject();
                foreach (var member in from.EnumerateObject())
                {
                    to.WritePropertyName(member.Name);
                    if (member.NameEquals("code")) member.Value.WriteTo(to);
                    else Copy(member.Value, to, edit);
                }

                to.WriteEndObject();
                break;
            case JsonValueKind.Array:
                to.WriteStartArray();
                foreach (var item in from.EnumerateArray()) Copy(item, to, edit);
                to.WriteEndArray();
                break;
            case JsonValueKind.String:
                to.WriteStringValue(edit(from.GetString()!));
                break;
            default:
                from.WriteTo(to);
                break;
        }
    }
}

/// <summary>Reads and writes reasons by their codes. A JSON string, which older versions wrote, is a <see cref="Reason.Note"/>.</summary>
internal sealed class ReasonConverter : JsonConverter<Reason>
{
    /// <inheritdoc/>
    public override Reason Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new Reason.Note(reader.GetString()!);
        var data = JsonElement.ParseValue(ref reader);
        return (Reason?)CodedJson.ReadCase(data, ReasonJson.CaseOf) ?? new Reason.Unknown(data);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Reason value, JsonSerializerOptions options)
    {
        if (value is Reason.Unknown unknown) unknown.Data.WriteTo(writer);
        else JsonSerializer.Serialize(writer, value, ReasonJson.Default.GetTypeInfo(value.GetType())!);
    }
}

/// <summary>Reads and writes warnings by their codes. A JSON string, which older versions wrote, is a <see cref="Warning.Note"/>.</summary>
internal sealed class WarningConverter : JsonConverter<Warning>
{
    /// <inheritdoc/>
    public override Warning Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new Warning.Note(reader.GetString()!);
        var data = JsonElement.ParseValue(ref reader);
        return (Warning?)CodedJson.ReadCase(data, WarningJson.CaseOf) ?? new Warning.Unknown(data);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Warning value, JsonSerializerOptions options)
    {
        if (value is Warning.Unknown unknown) unknown.Data.WriteTo(writer);
        else JsonSerializer.Serialize(writer, value, WarningJson.Default.GetTypeInfo(value.GetType())!);
    }
}
