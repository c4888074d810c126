using System.Text.Json;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>A value that a sweep may choose: as a parameter's, but null is a value.</summary>
internal sealed class SweptValueShape : Shape<ParameterValue>
{
    private SweptValueShape()
    {
    }

    public static SweptValueShape Instance { get; } = new();

    public override string Words => "a number, true or false, text, a list of these, or null";

    public override ParameterValue? Read(Node node, string name, FaultList faults) =>
        node.IsNull ? NullValue.Instance : ParameterShape.Instance.ReadGiven(node, name, faults);

    public override void WriteSchema(Utf8JsonWriter json) => ParameterShape.Instance.WriteSchema(json);
}
