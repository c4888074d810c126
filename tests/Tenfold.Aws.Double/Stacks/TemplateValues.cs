using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>Computes the values of a template.</summary>
/// <param name="template">The template.</param>
/// <param name="values">The parameters' and pseudo parameters' values.</param>
/// <param name="resource">The id of a resource, or an attribute of it; null while it does not exist.</param>
internal sealed partial class TemplateValues(
    JsonObject template, IReadOnlyDictionary<string, JsonNode> values, Func<string, string?, string?> resource)
{
    public const string NoValue = "AWS::NoValue";

    /// <summary>Computes a value; null for none.</summary>
    public JsonNode? Of(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                return new JsonArray([.. list.Select(Of).Where(item => item is not null)]);
            case JsonObject { Count: 1 } single when single.First() is var (name, argument) && IsFunction(name):
                return Call(name, argument);
            case JsonObject map:
                var result = new JsonObject();
                foreach (var (name, child) in map)
                    if (Of(child) is { } value) result[name] = value;
                return result;
            default:
                return node?.DeepClone();
        }
    }

    public string Text(JsonNode? node) => Of(node)?.ToString() ?? "";

    public bool IsTrue(string condition) => Test(template["Conditions"]?[condition]
        ?? throw new AwsErrorException(400, "ValidationError", $"Template error: unresolved condition dependency {condition}"));

    public bool Test(JsonNode? node)
    {
        if (node is not JsonObject { Count: 1 } single) return bool.Parse(Text(node));
        var (name, argument) = single.First();
        return name switch
        {
            "Condition" => IsTrue(argument!.ToString()),
            "Fn::Not" => !Test(argument![0]),
            "Fn::And" => ((JsonArray)argument!).All(Test),
            "Fn::Or" => ((JsonArray)argument!).Any(Test),
            "Fn::Equals" => Text(argument![0]) == Text(argument[1]),
            _ => bool.Parse(Text(node)),
        };
    }

    /// <summary>The resources that a part of a template names.</summary>
    public static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonArray list => list.SelectMany(References),
        JsonObject map => map.SelectMany(entry => entry switch
        {
            ("Ref", JsonValue name) => [name.ToString()],
            ("Fn::GetAtt", JsonArray path) => [path[0]!.ToString()],
            ("Fn::Sub", JsonValue text) => Names(text.ToString()),
            ("Fn::Sub", JsonArray args) => [.. Names(args[0]!.ToString()), .. References(args[1])],
            _ => References(entry.Value),
        }),
        _ => [],
    };

    private static IEnumerable<string> Names(string text) =>
        Placeholder().Matches(text).Select(match => match.Groups[1].Value.Split('.')[0]);

    private static bool IsFunction(string name) => name == "Ref" || name.StartsWith("Fn::", StringComparison.Ordinal);

    private JsonNode? Call(string name, JsonNode? argument)
    {
        switch (name)
        {
            case "Ref":
                return Reference(argument!.ToString());
            case "Fn::GetAtt":
                return Attribute(argument![0]!.ToString(), argument[1]!.ToString());
            case "Fn::If":
                return Of(IsTrue(argument![0]!.ToString()) ? argument[1] : argument[2]);
            case "Fn::Join":
                return string.Join(argument![0]!.ToString(), ((JsonArray)Of(argument[1])!).Select(item => item!.ToString()));
            case "Fn::Split":
                return new JsonArray([.. Text(argument![1]).Split(argument[0]!.ToString()).Select(item => (JsonNode)item)]);
            case "Fn::Select":
                return ((JsonArray)Of(argument![1])!)[int.Parse(Text(argument[0]))]!.DeepClone();
            case "Fn::GetAZs":
                var region = values["AWS::Region"];
                return new JsonArray($"{region}a", $"{region}b", $"{region}c");
            case "Fn::Base64":
                return Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Text(argument)));
            case "Fn::Sub":
                return Substitute(argument!);
            case "Fn::Equals" or "Fn::Not" or "Fn::And" or "Fn::Or":
                return Test(new JsonObject { [name] = argument!.DeepClone() });
            default:
                throw new AwsErrorException(400, "ValidationError", $"the double does not know {name}");
        }
    }

    private JsonNode? Reference(string name)
    {
        if (name == NoValue) return null;
        if (values.TryGetValue(name, out var value)) return value.DeepClone();
        return template["Resources"]?[name] is null ? throw Unresolved(name) : resource(name, null) ?? $"{{{name}}}";
    }

    private JsonNode Attribute(string name, string attribute) =>
        template["Resources"]?[name] is null ? throw Unresolved(name) : resource(name, attribute) ?? $"{{{name}.{attribute}}}";

    private JsonNode Substitute(JsonNode argument)
    {
        var text = argument is JsonArray list ? list[0]!.ToString() : argument.ToString();
        var own = argument is JsonArray { Count: 2 } both ? (JsonObject)both[1]! : [];
        return Placeholder().Replace(text, match =>
        {
            var name = match.Groups[1].Value;
            if (own[name] is { } given) return Text(given);
            return (name.Contains("::", StringComparison.Ordinal) || name.Split('.', 2) is not [var of, var attribute]
                ? Reference(name) : Attribute(of, attribute))?.ToString() ?? "";
        });
    }

    private static AwsErrorException Unresolved(string name) => new(400, "ValidationError",
        $"Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template");

    [GeneratedRegex(@"\$\{([^!}][^}]*)\}")]
    private static partial Regex Placeholder();
}
