using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>What a template and its parameters mean for a stack.</summary>
internal sealed class StackPlan
{
    private readonly StackRecord _stack;
    private readonly JsonObject _template;

    public StackPlan(Account account, StackRecord stack, JsonObject template, IReadOnlyDictionary<string, string> parameters)
    {
        (_stack, _template) = (stack, template);
        var values = new Dictionary<string, JsonNode>
        {
            ["AWS::Region"] = account.Region,
            ["AWS::AccountId"] = account.Id,
            ["AWS::StackName"] = stack.Name,
            ["AWS::StackId"] = stack.Id,
            ["AWS::Partition"] = "aws",
            ["AWS::URLSuffix"] = "amazonaws.com",
        };
        foreach (var (name, definition) in template["Parameters"] as JsonObject ?? [])
            values[name] = definition.Text("Type")!.StartsWith("List<", StringComparison.Ordinal)
                || definition.Text("Type") == "CommaDelimitedList"
                ? new JsonArray([.. parameters[name].Split(',').Select(item => (JsonNode)item.Trim())]) : parameters[name];
        Values = new TemplateValues(template, values, Find);
    }

    public TemplateValues Values { get; }

    /// <summary>The resources that the template makes, those first that others need.</summary>
    public IReadOnlyList<string> Order()
    {
        var wanted = (JsonObject)_template["Resources"]!;
        var order = new List<string>();
        var isOpen = new HashSet<string>();
        void Visit(string name)
        {
            if (wanted[name] is not { } definition || !IsMade(definition) || order.Contains(name)) return;
            if (!isOpen.Add(name)) throw new AwsErrorException(400, "ValidationError", $"Circular dependency between resources: [{name}]");
            var needs = definition["DependsOn"] is JsonArray list ? list.Select(item => item!.ToString())
                : definition.Text("DependsOn") is { } one ? [one] : [];
            foreach (var need in needs.Concat(TemplateValues.References(definition["Properties"]))) Visit(need);
            order.Add(name);
        }
        foreach (var (name, _) in wanted) Visit(name);
        return order;
    }

    public JsonNode Definition(string name) => _template["Resources"]![name]!;

    public JsonObject Properties(string name) =>
        (JsonObject)(Values.Of(Definition(name)["Properties"] ?? new JsonObject()) ?? new JsonObject());

    public List<(string Key, string Value, string? Description)> Outputs() =>
    [
        .. (_template["Outputs"] as JsonObject ?? []).Where(output => IsMade(output.Value!))
            .Select(output => (output.Key, Values.Text(output.Value!["Value"]), output.Value.Text("Description"))),
    ];

    /// <summary>What differs from the stack as it is.</summary>
    public List<(string Action, string LogicalId, string Type, string? PhysicalId)> Changes()
    {
        var changes = new List<(string, string, string, string?)>();
        var order = Order();
        foreach (var name in order)
        {
            var type = Definition(name).Text("Type")!;
            if (_stack.Resources.Find(resource => resource.LogicalId == name && resource.Exists) is not { } there)
                changes.Add(("Add", name, type, null));
            else if (!JsonNode.DeepEquals(there.Properties, Properties(name))) changes.Add(("Modify", name, type, there.PhysicalId));
        }
        changes.AddRange(_stack.Resources.Where(resource => resource.Exists && !order.Contains(resource.LogicalId))
            .Select(resource => ("Remove", resource.LogicalId, resource.Type, (string?)resource.PhysicalId)));
        return changes;
    }

    /// <summary>The parameters' values, from the request, the stack and the template's defaults.</summary>
    public static Dictionary<string, string> Parameters(JsonObject template, IReadOnlyList<JsonNode> given, StackRecord? stack)
    {
        var known = template["Parameters"] as JsonObject ?? [];
        var result = new Dictionary<string, string>();
        foreach (var parameter in given)
        {
            var key = parameter.Text("ParameterKey")!;
            if (!known.ContainsKey(key)) throw Invalid($"Parameters: [{key}] do not exist in the template");
            if (!parameter.Flag("UsePreviousValue")) result[key] = parameter.Text("ParameterValue") ?? "";
            else if (stack?.Parameters.TryGetValue(key, out var previous) == true) result[key] = previous;
            else throw Invalid($"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true for a parameter " +
                "key not in the previous template");
        }
        var missing = known.Where(p => !result.ContainsKey(p.Key) && p.Value!["Default"] is null).Select(p => p.Key).ToArray();
        if (missing.Length > 0) throw Invalid($"Parameters: [{string.Join(", ", missing)}] must have values");
        foreach (var (name, definition) in known)
        {
            result.TryAdd(name, definition!["Default"]?.ToString() ?? "");
            Check(name, definition, result[name]);
        }
        return result;
    }

    /// <summary>Checks the template's rules.</summary>
    public void CheckRules()
    {
        foreach (var (name, rule) in _template["Rules"] as JsonObject ?? [])
        {
            if (rule!["RuleCondition"] is { } condition && !Values.Test(condition)) continue;
            foreach (var assertion in rule.Items("Assertions"))
                if (!Values.Test(assertion["Assert"])) throw Invalid($"Template error: rule {name}: {assertion.Text("AssertDescription")}");
        }
    }

    private static void Check(string name, JsonNode definition, string value)
    {
        if (definition["AllowedValues"] is JsonArray allowed && !allowed.Any(item => item!.ToString() == value))
            throw Invalid($"Parameter {name} failed to satisfy constraint: Member must satisfy enum value set");
        if (definition.Text("AllowedPattern") is { } pattern && !Regex.IsMatch(value, $"^(?:{pattern})$"))
            throw Invalid($"Parameter '{name}' must match pattern {pattern}");
        if (definition.Text("Type") == "Number" && !double.TryParse(value, out _)) throw Invalid($"Parameter '{name}' must be a number");
        if (definition.Text("MaxValue") is { } most && double.Parse(value) > double.Parse(most))
            throw Invalid($"Parameter '{name}' must be a number not greater than {most}");
        if (definition.Text("MinValue") is { } least && double.Parse(value) < double.Parse(least))
            throw Invalid($"Parameter '{name}' must be a number not less than {least}");
    }

    private bool IsMade(JsonNode definition) => definition.Text("Condition") is not { } condition || Values.IsTrue(condition);

    private string? Find(string name, string? attribute)
    {
        if (_stack.Resources.Find(resource => resource.LogicalId == name && resource.Exists) is not { } found) return null;
        return attribute is null ? found.PhysicalId : found.Attributes.GetValueOrDefault(attribute);
    }

    private static AwsErrorException Invalid(string message) => new(400, "ValidationError", message);
}
