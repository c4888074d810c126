using System.Text;
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
        using var output = Console.IsOutputRedirected ? (Stream)new StandardOutput() : new MemoryStream();
        var options = new JsonWriterOptions
        {
            Indented = type.Options.WriteIndented,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var writer = new Utf8JsonWriter(output, options)) JsonSerializer.Serialize(writer, value, type);
        output.WriteByte((byte)'\n');
        // On a terminal, signs that change the direction of text are escaped too.
        if (output is MemoryStream text) Console.Out.Write(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length));
    }
}
