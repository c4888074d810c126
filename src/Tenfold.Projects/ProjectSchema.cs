using System.Text;
using System.Text.Json;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects;

/// <summary>The JSON Schema (draft-07) of <c>tenfold.yaml</c>, for editors; from the same model as the checks.</summary>
/// <remarks>It knows each key and its type. What takes several keys together, only the reader checks.</remarks>
public static class ProjectSchema
{
    /// <summary>The schema, indented, with a line end.</summary>
    public static string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions
            {
                Indented = true,
                NewLine = "\n",
                Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
            }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "http://json-schema.org/draft-07/schema#");
            json.WriteString("title", "tenfold.yaml");
            ProjectShapes.Root.WriteSchema(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
