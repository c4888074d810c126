using System.Text;
using System.Text.Json;
using Tenfold.Core.Targets;
using Tenfold.Projects.Keys;

namespace Tenfold.Projects;

/// <summary>Generates the JSON Schema (draft-07) of <c>tenfold.yaml</c>, for editors, from the model that checks the file.</summary>
/// <remarks>The schema covers each key and its type. Only the reader checks keys against each other.</remarks>
public static class ProjectSchema
{
    /// <summary>The schema, indented, with a final line break.</summary>
    /// <param name="kinds">The kinds of target that a file may name.</param>
    public static string ToJson(IReadOnlyList<TargetKindDeclaration> kinds)
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
            ProjectKeys.Root(kinds).WriteSchema(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
