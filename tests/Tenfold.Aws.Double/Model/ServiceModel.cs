using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tenfold.Aws.Double.Model;

/// <summary>AWS's own model of a service, which Debian's <c>python3-botocore</c> installs.</summary>
internal sealed partial class ServiceModel
{
    private const string Folder = "/usr/lib/python3/dist-packages/botocore/data";
    private const int MaxShown = 20;
    private static readonly ConcurrentDictionary<string, ServiceModel> Loaded = new();
    private readonly JsonElement _root;
    private readonly Dictionary<string, JsonElement> _shapes;
    private readonly Dictionary<string, JsonElement> _operations;
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> _members = new();
    private readonly string _name;

    private ServiceModel(string name)
    {
        _name = name;
        var version = Directory.GetDirectories($"{Folder}/{name}").Order(StringComparer.Ordinal).Last();
        _root = JsonDocument.Parse(File.ReadAllBytes($"{version}/service-2.json")).RootElement;
        (_shapes, _operations) = (ByName("shapes"), ByName("operations"));
    }

    /// <summary>The model of a service, by its folder, for example <c>batch</c>.</summary>
    public static ServiceModel Of(string folder) => Loaded.GetOrAdd(folder, name => new ServiceModel(name));

    public JsonElement Metadata => _root.GetProperty("metadata");

    /// <summary><c>rest-json</c>, <c>json</c>, <c>query</c> or <c>ec2</c>.</summary>
    public string Protocol => Metadata.GetProperty("protocol").GetString()!;

    /// <summary>An operation; null when the model is too old for it.</summary>
    public JsonElement? Operation(string name) => _operations.TryGetValue(name, out var found) ? found : null;

    /// <summary>The operation at a path; null for none.</summary>
    /// <param name="path">The path, without the query.</param>
    /// <param name="method">The HTTP method.</param>
    public string? OperationAt(string path, string method = "POST") => _root.GetProperty("operations").EnumerateObject()
        .Where(found => found.Value.GetProperty("http") is var http && http.GetProperty("method").GetString() == method
            && Placeholder().Replace(http.GetProperty("requestUri").GetString()!, "{}") is var uri
            && (uri.EndsWith("{}", StringComparison.Ordinal) ? path.StartsWith(uri[..^2], StringComparison.Ordinal) : uri == path))
        .Select(found => found.Name).FirstOrDefault();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Placeholder();

    public JsonElement Shape(string name) => _shapes[name];

    private Dictionary<string, JsonElement> ByName(string part) =>
        _root.GetProperty(part).EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value);

    /// <summary>The name of an operation's input or output shape; null for none.</summary>
    public string? ShapeOf(string operation, string side) =>
        Operation(operation) is { } found && found.TryGetProperty(side, out var shape) ? shape.GetProperty("shape").GetString() : null;

    /// <summary>Adds what is wrong with a value.</summary>
    /// <param name="value">The value: JSON, or a form made into JSON.</param>
    /// <param name="shapeName">The value's shape.</param>
    /// <param name="path">Where the value is.</param>
    /// <param name="isText">True for a form, whose numbers and flags are text.</param>
    /// <param name="isInput">True for a request, where required members and limits count.</param>
    /// <param name="faults">What is wrong.</param>
    public void Check(JsonElement value, string shapeName, string path, bool isText, bool isInput, List<string> faults)
    {
        var shape = Shape(shapeName);
        var type = shape.GetProperty("type").GetString()!;
        switch (type)
        {
            case "structure" when value.ValueKind == JsonValueKind.Object:
                CheckStructure(value, shape, shapeName, path, isText, isInput, faults);
                break;
            case "list" when value.ValueKind == JsonValueKind.Array:
                CheckRange(shape, value.GetArrayLength(), path, isInput, faults);
                var member = shape.GetProperty("member").GetProperty("shape").GetString()!;
                var at = 0;
                foreach (var item in value.EnumerateArray()) Check(item, member, $"{path}[{at++}]", isText, isInput, faults);
                break;
            case "map" when value.ValueKind == JsonValueKind.Object:
                CheckRange(shape, value.EnumerateObject().Count(), path, isInput, faults);
                var key = shape.GetProperty("key").GetProperty("shape").GetString()!;
                var of = shape.GetProperty("value").GetProperty("shape");
                foreach (var entry in value.EnumerateObject())
                {
                    CheckText(entry.Name, Shape(key), $"{path}.{entry.Name} (key)", isInput, faults);
                    Check(entry.Value, of.GetString()!, $"{path}.{entry.Name}", isText, isInput, faults);
                }
                break;
            case "string" when value.ValueKind == JsonValueKind.String:
                CheckText(value.GetString()!, shape, path, isInput, faults);
                break;
            case "integer" or "long" or "float" or "double" when Number(value, isText) is { } number:
                CheckRange(shape, number, path, isInput, faults);
                break;
            case "boolean" when isText ? value.GetString() is "true" or "false" :
                value.ValueKind is JsonValueKind.True or JsonValueKind.False:
            // XML and forms have times as text.
            case "timestamp" or "blob" when value.ValueKind is JsonValueKind.String or JsonValueKind.Number:
                break;
            default:
                faults.Add($"{_name} {path} should be a {type}, and is {value}");
                break;
        }
    }

    private void CheckStructure(
        JsonElement value, JsonElement shape, string shapeName, string path, bool isText, bool isInput, List<string> faults)
    {
        var members = _members.GetOrAdd(shapeName, _ =>
            shape.GetProperty("members").EnumerateObject().ToDictionary(NameOf, m => m.Value.GetProperty("shape").GetString()!));
        foreach (var given in value.EnumerateObject())
        {
            if (members.TryGetValue(given.Name, out var memberShape))
                Check(given.Value, memberShape, $"{path}.{given.Name}", isText, isInput, faults);
            else if (!NewerMembers.Contains(_name, shapeName, given.Name))
                faults.Add($"{_name} {path}: {shapeName} has no member {given.Name}");
        }
        if (!isInput || !shape.TryGetProperty("required", out var required)) return;
        foreach (var name in required.EnumerateArray())
            if (!value.TryGetProperty(name.GetString()!, out _)) faults.Add($"{_name} {path}: {name} is missing");
    }

    // Requests and answers of EC2 are checked by the members' own names: the names in its forms and its XML differ.
    private string NameOf(JsonProperty member) => Protocol == "ec2" ? member.Name : WireName(member);

    /// <summary>A member's name in a request or answer.</summary>
    public static string WireName(JsonProperty member) =>
        member.Value.TryGetProperty("locationName", out var name) ? name.GetString()! : member.Name;

    private static void CheckText(string text, JsonElement shape, string path, bool isInput, List<string> faults)
    {
        CheckRange(shape, text.Length, path, isInput, faults);
        if (isInput && shape.TryGetProperty("pattern", out var pattern)
            && !Regex.IsMatch(text, $"^(?:{Dotnet(pattern.GetString()!)})$", RegexOptions.Singleline, TimeSpan.FromSeconds(5)))
            faults.Add($"{path}: '{text}' does not match {pattern}");
        if (shape.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(v => v.GetString() == text)
            && !NewerMembers.ContainsValue(text))
            faults.Add($"{path}: '{text}' is none of {string.Join(", ", values.EnumerateArray().Take(MaxShown))}");
    }

    // Java's patterns count a pair of surrogates as one character, and .NET's as two.
    private static string Dotnet(string pattern) =>
        pattern.Replace(@"\uD800\uDC00-\uDBFF\uDFFF", @"\uD800-\uDFFF", StringComparison.Ordinal)
            .Replace(@"\p{Print}", @"[\x20-\x7E]", StringComparison.Ordinal);

    private static void CheckRange(JsonElement shape, double size, string path, bool isInput, List<string> faults)
    {
        if (!isInput) return;
        if (shape.TryGetProperty("min", out var min) && size < min.GetDouble()) faults.Add($"{path} is below {min}");
        if (shape.TryGetProperty("max", out var max) && size > max.GetDouble()) faults.Add($"{path} is above {max}");
    }

    private static double? Number(JsonElement value, bool isText) =>
        !isText ? value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null
        : double.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var number) ? number : null;
}
