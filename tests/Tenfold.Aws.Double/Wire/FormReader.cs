using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Model;

namespace Tenfold.Aws.Double.Wire;

/// <summary>Turns the form of a query or EC2 request into JSON, as the service's model says.</summary>
/// <remarks>Source: Smithy 2.0, "AWS query protocol" and "AWS EC2 query protocol".</remarks>
internal sealed class FormReader(ServiceModel model, string service, List<string> faults)
{
    private readonly bool _isEc2 = model.Protocol == "ec2";

    public JsonObject Read(IReadOnlyList<(string Name, string Value)> form, string? shapeName)
    {
        var root = new Branch();
        foreach (var (name, value) in form)
            if (name is not ("Action" or "Version")) root.Add(name.Split('.'), value);
        return shapeName is null ? [] : Structure(root, shapeName);
    }

    private JsonNode? Read(Branch branch, string shapeName)
    {
        var shape = model.Shape(shapeName);
        switch (shape.GetProperty("type").GetString())
        {
            case "structure":
                return Structure(branch, shapeName);
            case "list":
                var of = shape.GetProperty("member");
                var isFlat = _isEc2 || shape.TryGetProperty("flattened", out _);
                var name = of.TryGetProperty("locationName", out var given) ? given.GetString()! : "member";
                return Items(isFlat ? branch : branch.Children.GetValueOrDefault(name), of.GetProperty("shape").GetString()!);
            case "integer" or "long":
                return long.TryParse(branch.Value, out var number) ? number : branch.Value;
            case "float" or "double":
                return double.TryParse(branch.Value, out var real) ? real : branch.Value;
            case "boolean":
                return branch.Value is "true" or "false" ? branch.Value == "true" : branch.Value;
            default:
                return branch.Value ?? "";
        }
    }

    private JsonArray Items(Branch? branch, string shapeName) =>
        [.. (branch?.Children ?? []).OrderBy(child => int.Parse(child.Key)).Select(child => Read(child.Value, shapeName))];

    private JsonObject Structure(Branch branch, string shapeName)
    {
        var result = new JsonObject();
        var unknown = branch.Children.Keys.ToHashSet();
        foreach (var member in model.Shape(shapeName).GetProperty("members").EnumerateObject())
        {
            var name = FormName(member);
            if (!branch.Children.TryGetValue(name, out var child)) continue;
            unknown.Remove(name);
            result[member.Name] = Read(child, member.Value.GetProperty("shape").GetString()!);
        }
        foreach (var name in unknown)
        {
            if (NewerMembers.Contains(service, shapeName, name)) result[name] = branch.Children[name].ToNode();
            else faults.Add($"{service}: {shapeName} has no member {name}");
        }
        return result;
    }

    private string FormName(JsonProperty member)
    {
        if (!_isEc2) return ServiceModel.WireName(member);
        if (member.Value.TryGetProperty("queryName", out var name)) return name.GetString()!;
        var wire = ServiceModel.WireName(member);
        return char.ToUpperInvariant(wire[0]) + wire[1..];
    }

    private sealed class Branch
    {
        public string? Value { get; private set; }

        public Dictionary<string, Branch> Children { get; } = [];

        public void Add(ReadOnlySpan<string> path, string value)
        {
            if (path.IsEmpty)
            {
                Value = value;
                return;
            }
            if (!Children.TryGetValue(path[0], out var child)) Children[path[0]] = child = new Branch();
            child.Add(path[1..], value);
        }

        /// <summary>The values of a member without a shape.</summary>
        public JsonNode? ToNode()
        {
            if (Children.Count == 0) return Value;
            if (Children.Keys.All(key => int.TryParse(key, out _)))
                return new JsonArray([.. Children.OrderBy(child => int.Parse(child.Key)).Select(child => child.Value.ToNode())]);
            var result = new JsonObject();
            foreach (var (name, child) in Children) result[name] = child.ToNode();
            return result;
        }
    }
}
