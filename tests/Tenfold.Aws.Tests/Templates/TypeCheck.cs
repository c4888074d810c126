using System.Globalization;
using System.Text.Json;
using YamlDotNet.RepresentationModel;
using static Tenfold.Aws.Tests.Templates.Template;

namespace Tenfold.Aws.Tests.Templates;

/// <summary>Holds the properties of resources to AWS's specification: names, types, allowed values, and what is required.</summary>
internal sealed class TypeCheck(Template template, ResourceSpecification specification)
{
    private readonly List<string> _faults = [];

    public static IReadOnlyList<string> Faults(Template template)
    {
        var check = new TypeCheck(template, ResourceSpecification.Current);
        check.Run();
        return check._faults;
    }

    private void Run()
    {
        foreach (var (name, node) in template.Section("Resources"))
        {
            if (specification.Resource(Type(node) ?? "") is { } type) CheckProperties(Properties(node), type, name);
            else _faults.Add($"{name}: there is no resource type {Type(node)}");
        }
    }

    private void CheckProperties(YamlMappingNode given, JsonElement definition, string path)
    {
        var properties = definition.GetProperty("properties");
        foreach (var (key, value) in given.Children)
        {
            var name = Text(key)!;
            if (!properties.TryGetProperty(name, out var property)) _faults.Add($"{path}: there is no property {name}");
            else CheckAny(value, Types(property), $"{path}.{name}");
        }
        foreach (var property in properties.EnumerateObject())
        {
            var isRequired = property.Value.TryGetProperty("required", out var required) && required.GetBoolean();
            if (isRequired && Child(given, property.Name) is null) _faults.Add($"{path}: {property.Name} is missing");
        }
    }

    // A property has its present type and perhaps earlier ones.
    private static List<JsonElement> Types(JsonElement property) =>
    [
        property.GetProperty("type"),
        .. property.TryGetProperty("previousTypes", out var earlier) ? earlier.EnumerateArray() : Enumerable.Empty<JsonElement>(),
    ];

    private void CheckAny(YamlNode value, IReadOnlyList<JsonElement> types, string path)
    {
        var before = _faults.Count;
        List<string>? first = null;
        foreach (var type in types)
        {
            Check(value, type, path);
            if (_faults.Count == before) return;
            first ??= _faults[before..];
            _faults.RemoveRange(before, _faults.Count - before);
        }
        _faults.AddRange(first ?? []);
    }

    private void Check(YamlNode value, JsonElement type, string path)
    {
        var kind = type.GetProperty("type").GetString();
        switch (Function(value))
        {
            case "If":
                foreach (var branch in Items(value).Skip(1)) Check(branch, type, path);
                return;
            case "Ref" when Text(value) == "AWS::NoValue":
                return;
            // Their values are known only to CloudFormation. A list can't stand for text, nor text for a list.
            case "Ref" or "GetAtt" or "Select":
                return;
            case "Sub" or "Join":
                if (kind is "array" or "map" or "ref" or "tag" or "boolean") _faults.Add($"{path} is text, not {kind}");
                return;
            case "Split" or "GetAZs":
                if (kind is not ("array" or "json")) _faults.Add($"{path} is a list, not {kind}");
                return;
        }
        switch (kind)
        {
            case "union":
                CheckAny(value, [.. type.GetProperty("types").EnumerateArray()], path);
                break;
            case "array" when value is YamlSequenceNode list:
                foreach (var (item, index) in list.Select((item, index) => (item, index)))
                    Check(item, type.GetProperty("element"), $"{path}[{index}]");
                break;
            case "map" when value is YamlMappingNode map:
                foreach (var (key, item) in map.Children) Check(item, type.GetProperty("element"), $"{path}.{Text(key)}");
                break;
            case "ref" when value is YamlMappingNode map:
                CheckProperties(map, specification.Definition(type), path);
                break;
            case "tag" when value is YamlMappingNode tag:
                if (Child(tag, "Key") is null || Child(tag, "Value") is null || tag.Children.Count != 2) _faults.Add($"{path} is no tag");
                break;
            case "json" or "null":
                break;
            default:
                if (FaultOf(value, kind!, type) is { } fault) _faults.Add($"{path}: {fault}");
                break;
        }
    }

    private static string? FaultOf(YamlNode value, string kind, JsonElement type)
    {
        if (Text(value) is not { } text) return $"it must be {kind}";
        var fits = kind switch
        {
            "string" or "date-time" => true,
            "boolean" => text is "true" or "false",
            "integer" => long.TryParse(text, CultureInfo.InvariantCulture, out _),
            "number" => double.TryParse(text, CultureInfo.InvariantCulture, out _),
            _ => false,
        };
        if (!fits) return $"'{text}' is not {kind}";
        return type.TryGetProperty("allowedValues", out var allowed) && allowed.EnumerateArray().All(a => a.ToString() != text)
            ? $"'{text}' is none of {allowed}" : null;
    }
}
