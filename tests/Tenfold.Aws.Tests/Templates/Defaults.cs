using YamlDotNet.RepresentationModel;
using static Tenfold.Aws.Tests.Templates.Template;

namespace Tenfold.Aws.Tests.Templates;

/// <summary>Evaluates a template's conditions with the defaults of its parameters.</summary>
internal sealed class Defaults(Template template)
{
    /// <summary>True when a resource exists in a stack whose parameters are all defaults.</summary>
    public bool Exists(YamlMappingNode resource) =>
        Text(Child(resource, "Condition")) is not { } condition || IsTrue(template.Conditions[condition]);

    public bool IsTrue(YamlNode expression)
    {
        var parts = Items(expression).ToList();
        return Function(expression) switch
        {
            "Equals" => Value(parts[0]) == Value(parts[1]),
            "Not" => !IsTrue(parts[0]),
            "And" => parts.All(IsTrue),
            "Or" => parts.Any(IsTrue),
            "Condition" => IsTrue(template.Conditions[Text(expression)!]),
            var other => throw new NotSupportedException(other),
        };
    }

    private string Value(YamlNode node) => Function(node) switch
    {
        "Ref" => Text(Child(template.Section("Parameters").Single(p => p.Name == Text(node)).Node, "Default")) ?? "",
        "Join" => string.Join(Value(Items(node).First()), Items(node).Skip(1).Select(Value)),
        null => Text(node)!,
        var other => throw new NotSupportedException(other),
    };
}
