using System.Text.Json;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>The value of an environment variable: text, or a number or word without quotes; it may be empty in quotes.</summary>
internal sealed class VariableValueShape : Shape<string>
{
    private VariableValueShape()
    {
    }

    public static VariableValueShape Instance { get; } = new();

    public override string Words => "text, a number, true or false";

    public override string? Read(Node node, string name, FaultList faults)
    {
        // The text as it is written: 0 stays 0, and 1.50 stays 1.50. A mistaken value may be a secret, so no message shows it.
        if (node is ScalarNode { IsNull: false } scalar && !scalar.Text.Contains('\0', StringComparison.Ordinal)) return scalar.Text;
        faults.Add(node.Mark, node.IsNull
            ? $"{name} has no value: it must be {Words}. Write {name}: \"\" for an empty one"
            : $"{name} must be {Words}, not what is here");
        return null;
    }

    public override void WriteSchema(Utf8JsonWriter json) => SchemaWriter.Types(json, ["number", "string", "boolean"]);
}
