using System.Text.Json;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>The value of a parameter: a scalar, a list of scalars, or nothing yet.</summary>
internal sealed class ParameterShape : Shape<ParameterValue>
{
    private readonly ListShape<ParameterValue> _list = new("a list of numbers, texts, true and false", Scalars.Anything);

    private ParameterShape()
    {
    }

    public static ParameterShape Instance { get; } = new();

    public override string Words => "a number, true or false, text, or a list of these";

    public override ParameterValue? Read(Node node, string name, FaultList faults) =>
        node.IsNull ? RequiredValue.Instance : ReadGiven(node, name, faults);

    /// <summary>Reads a value that is not null.</summary>
    public ParameterValue? ReadGiven(Node node, string name, FaultList faults)
    {
        if (node is ListNode) return new ListValue([.. _list.Read(node, name, faults)]);
        if (node is ScalarNode) return Scalars.Anything.Read(node, name, faults);
        faults.Add(node.Mark, $"{name} must be {Words}, not {node.Shown}: give each value in it its own parameter, such as {name}.…");
        return null;
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        SchemaWriter.Types(json, ["number", "string", "boolean", "array", "null"]);
        SchemaWriter.Member(json, "items", Scalars.Anything);
    }
}
