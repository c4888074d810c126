using System.Runtime.CompilerServices;
using YamlDotNet.RepresentationModel;

namespace Tenfold.Aws.Tests.Templates;

/// <summary>A CloudFormation template as its YAML nodes, with their lines.</summary>
internal sealed class Template
{
    private readonly string[] _lines;
    private readonly YamlMappingNode _root;

    private Template(string text)
    {
        Source = text;
        _lines = text.Split('\n');
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        _root = (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    /// <summary>infra/aws.yaml.</summary>
    public static Template Ours { get; } = new(File.ReadAllText(Path.Combine(Repository(), "infra", "aws.yaml")));

    /// <summary>infra/aws-serving.yaml.</summary>
    public static Template ForServing { get; } = new(File.ReadAllText(Path.Combine(Repository(), "infra", "aws-serving.yaml")));

    public string Source { get; }

    public static Template Parse(string text) => new(text);

    /// <summary>Our template with a text replaced, which must be there.</summary>
    public static Template OursWith(string text, string replacement) => With(Ours, text, replacement);

    /// <summary>The template of serving with a text replaced, which must be there.</summary>
    public static Template ServingWith(string text, string replacement) => With(ForServing, text, replacement);

    private static Template With(Template template, string text, string replacement)
    {
        template.Source.ShouldContain(text);
        return new(template.Source.Replace(text, replacement, StringComparison.Ordinal));
    }

    public IReadOnlyList<(string Name, YamlMappingNode Node)> Section(string name) =>
        Child(_root, name) is YamlMappingNode section ? [.. section.Children.Select(c => (Text(c.Key)!, (YamlMappingNode)c.Value))] : [];

    /// <summary>The conditions, each an expression.</summary>
    public IReadOnlyDictionary<string, YamlNode> Conditions => Child(_root, "Conditions") is YamlMappingNode section
        ? section.Children.ToDictionary(c => Text(c.Key)!, c => c.Value) : new Dictionary<string, YamlNode>();

    public YamlMappingNode? Resource(string name) => Section("Resources").FirstOrDefault(r => r.Name == name).Node;

    public IEnumerable<(string Name, YamlMappingNode Node)> OfType(string type) =>
        Section("Resources").Where(resource => Type(resource.Node) == type);

    /// <summary>True when the line above a node, or a line above that, is a comment.</summary>
    public bool IsExplained(YamlNode node)
    {
        var line = (int)node.Start.Line - 1;
        return line > 0 && _lines[line - 1].TrimStart().StartsWith('#');
    }

    public static string? Type(YamlMappingNode resource) => Text(Child(resource, "Type"));

    public static YamlMappingNode Properties(YamlMappingNode resource) =>
        Child(resource, "Properties") as YamlMappingNode ?? new YamlMappingNode();

    public static YamlNode? Child(YamlNode? node, params string[] path)
    {
        foreach (var name in path)
        {
            node = (node as YamlMappingNode)?.Children.FirstOrDefault(child => Text(child.Key) == name && child.Key.Tag.IsEmpty).Value;
            if (node is null) return null;
        }
        return node;
    }

    public static string? Text(YamlNode? node) => (node as YamlScalarNode)?.Value;

    /// <summary>The function that a node calls, for example <c>Ref</c>; null for a plain value.</summary>
    public static string? Function(YamlNode node) => node.Tag.IsEmpty || node.Tag.IsNonSpecific ? null : node.Tag.Value.TrimStart('!');

    public static IEnumerable<YamlNode> Items(YamlNode? node) => node is YamlSequenceNode list ? list : node is null ? [] : [node];

    /// <summary>A node and everything below it.</summary>
    public static IEnumerable<YamlNode> All(YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(child => All(child.Value)).Prepend(map),
        YamlSequenceNode list => list.SelectMany(All).Prepend(list),
        _ => [node],
    };

    public static string Repository([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));
}
