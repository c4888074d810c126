using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tenfold.Cli.Output;

/// <summary>Writes data to standard output as JSON.</summary>
internal static class Json
{
    /// <summary>Writes one value and a line end.</summary>
    public static void Write<T>(T value, JsonTypeInfo<T> type)
    {
        using var output = Console.OpenStandardOutput();
        var options = new JsonWriterOptions
        {
            Indented = type.Options.WriteIndented,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var writer = new Utf8JsonWriter(output, options)) JsonSerializer.Serialize(writer, value, type);
        output.WriteByte((byte)'\n');
    }
}
