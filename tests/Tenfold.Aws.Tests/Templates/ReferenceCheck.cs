using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;
using static Tenfold.Aws.Tests.Templates.Template;

namespace Tenfold.Aws.Tests.Templates;

/// <summary>Checks what a template's functions refer to: it exists, also if a condition is false, and there is no circle.</summary>
internal sealed class ReferenceCheck
{
    private static readonly HashSet<string> Functions =
        ["Ref", "GetAtt", "Sub", "If", "Join", "Select", "GetAZs", "Split", "Equals", "And", "Or", "Not", "Condition"];

    private static readonly HashSet<string> Pseudo =
        ["AWS::AccountId", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix"];

    private readonly Template _template;
    private readonly HashSet<string> _parameters;
    private readonly Dictionary<string, YamlMappingNode> _resources;
    private readonly HashSet<string> _used = [];
    private readonly Dictionary<string, HashSet<string>> _needs = [];
    private readonly List<string> _faults = [];

    private ReferenceCheck(Template template)
    {
        _template = template;
        _parameters = [.. template.Section("Parameters").Select(p => p.Name)];
        _resources = template.Section("Resources").ToDictionary(r => r.Name, r => r.Node);
    }

    public static IReadOnlyList<string> Faults(Template template)
    {
        var check = new ReferenceCheck(template);
        check.Run();
        return check._faults;
    }

    private void Run()
    {
        foreach (var (name, expression) in _template.Conditions) Check(expression, name, [], needs: []);
        foreach (var (name, node) in _resources) CheckResource(name, node);
        foreach (var (name, node) in _template.Section("Outputs")) Check(node, name, Conditions(node), needs: []);
        foreach (var (name, node) in _template.Section("Rules")) Check(node, name, [], needs: []);
        _faults.AddRange(_parameters.Except(_used).Select(name => $"the parameter {name} is not used"));
        foreach (var name in _resources.Keys)
            if (Reaches(name, name, [])) _faults.Add($"{name} needs itself");
    }

    private void CheckResource(string name, YamlMappingNode node)
    {
        var needs = _needs[name] = [];
        foreach (var other in Items(Child(node, "DependsOn")).Select(Text))
        {
            needs.Add(other!);
            if (!_resources.TryGetValue(other!, out var resource)) _faults.Add($"{name} depends on {other}, which does not exist");
            else if (!Conditions(resource).IsSubsetOf(Conditions(node)))
                _faults.Add($"{name} depends on {other}, which does not always exist");
        }
        if (Text(Child(node, "Condition")) is { } condition && !_template.Conditions.ContainsKey(condition))
            _faults.Add($"{name}: there is no condition {condition}");
        Check(Properties(node), name, Conditions(node), needs);
    }

    private static HashSet<string> Conditions(YamlMappingNode node) => Text(Child(node, "Condition")) is { } name ? [name] : [];

    private void Check(YamlNode node, string path, HashSet<string> given, HashSet<string> needs)
    {
        var function = Function(node);
        if (function is not null && !Functions.Contains(function)) _faults.Add($"{path}: there is no function {function}");
        switch (function)
        {
            case "Ref":
                CheckName(Text(node)!, path, given, needs);
                return;
            case "GetAtt":
                CheckAttribute(Text(node)!, path, given, needs);
                return;
            case "Sub":
                CheckSub(node, path, given, needs);
                return;
            case "Condition":
                if (!_template.Conditions.ContainsKey(Text(node)!)) _faults.Add($"{path}: there is no condition {Text(node)}");
                return;
            case "If":
                var parts = Items(node).ToList();
                if (!_template.Conditions.ContainsKey(Text(parts[0])!)) _faults.Add($"{path}: there is no condition {Text(parts[0])}");
                Check(parts[1], path, [.. given, Text(parts[0])!], needs);
                Check(parts[2], path, given, needs);
                return;
        }
        switch (node)
        {
            case YamlMappingNode map:
                foreach (var (key, child) in map.Children) Check(child, $"{path}.{Text(key)}", given, needs);
                break;
            case YamlSequenceNode list:
                foreach (var child in list) Check(child, path, given, needs);
                break;
        }
    }

    private void CheckSub(YamlNode node, string path, HashSet<string> given, HashSet<string> needs)
    {
        var parts = Items(node).ToList();
        var own = new HashSet<string>();
        if (parts.Count > 1)
        {
            own = [.. ((YamlMappingNode)parts[1]).Children.Select(child => Text(child.Key)!)];
            Check(parts[1], path, given, needs);
        }
        foreach (Match match in Regex.Matches(Text(parts[0])!, @"\$\{([^!}][^}]*)\}"))
        {
            var name = match.Groups[1].Value;
            if (own.Contains(name)) continue;
            if (name.Contains('.')) CheckAttribute(name, path, given, needs);
            else CheckName(name, path, given, needs);
        }
    }

    private void CheckName(string name, string path, HashSet<string> given, HashSet<string> needs)
    {
        _used.Add(name);
        if (Pseudo.Contains(name) || _parameters.Contains(name)) return;
        CheckExists(name, path, given, needs);
    }

    private void CheckAttribute(string text, string path, HashSet<string> given, HashSet<string> needs)
    {
        var dot = text.IndexOf('.');
        var (name, attribute) = (text[..dot], text[(dot + 1)..]);
        if (CheckExists(name, path, given, needs)
            && !ResourceSpecification.Current.HasAttribute(Type(_resources[name]) ?? "", attribute))
            _faults.Add($"{path}: {name} has no attribute {attribute}");
    }

    private bool CheckExists(string name, string path, HashSet<string> given, HashSet<string> needs)
    {
        needs.Add(name);
        if (!_resources.TryGetValue(name, out var resource))
        {
            _faults.Add($"{path}: there is no {name}");
            return false;
        }
        if (!Conditions(resource).IsSubsetOf(given)) _faults.Add($"{path}: {name} does not always exist");
        return true;
    }

    private bool Reaches(string from, string to, HashSet<string> seen) =>
        _needs.TryGetValue(from, out var needs) && needs.Any(next => next == to || (seen.Add(next) && Reaches(next, to, seen)));
}
