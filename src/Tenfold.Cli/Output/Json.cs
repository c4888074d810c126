using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tenfold.Cli.Output;

/// <summary>Writes data to standard output as JSON.</summary>
internal static class Json
{
    /// <summary>Writes one value, and a line end.</summary>
    public static void Write<T>(T value, JsonTypeInfo<T> type)
    {
        using var output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(
            output, new JsonWriterOptions
            {
                Indented = type.Options.WriteIndented,
                Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
            }))
            JsonSerializer.Serialize(writer, value, type);
        output.WriteByte((byte)'\n');
    }
}
