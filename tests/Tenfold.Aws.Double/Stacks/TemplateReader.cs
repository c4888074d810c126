using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>Reads a template, in YAML or JSON, with the short forms of functions written out.</summary>
/// <remarks>Source: CloudFormation User Guide, "Intrinsic function reference".</remarks>
internal static class TemplateReader
{
    public static JsonObject Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return (JsonObject)Convert(stream.Documents[0].RootNode)!;
    }

    private static JsonNode? Convert(YamlNode node)
    {
        var value = Plain(node);
        if (node.Tag.IsEmpty || node.Tag.Value is not ['!', var first, ..] || first == '!') return value;
        var name = node.Tag.Value[1..];
        if (name is "Ref" or "Condition") return new JsonObject { [name] = value };
        if (name == "GetAtt" && value is JsonValue text)
        {
            var parts = text.ToString().Split('.', 2);
            value = new JsonArray(parts[0], parts[1]);
        }
        return new JsonObject { [$"Fn::{name}"] = value };
    }

    private static JsonNode? Plain(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                var result = new JsonObject();
                foreach (var (key, child) in map.Children) result[((YamlScalarNode)key).Value!] = Convert(child);
                return result;
            case YamlSequenceNode list:
                return new JsonArray([.. list.Children.Select(Convert)]);
            default:
                var scalar = (YamlScalarNode)node;
                var isPlain = scalar.Style == YamlDotNet.Core.ScalarStyle.Plain;
                return isPlain && scalar.Value is "true" or "false" && node.Tag.IsEmpty ? scalar.Value == "true" : scalar.Value;
        }
    }
}
