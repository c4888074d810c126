using System.IO.Compression;
using System.Text.Json;

namespace Tenfold.Aws.Tests.Templates;

/// <summary>AWS's published specification of CloudFormation's resource types.</summary>
/// <remarks>Source: npm's <c>@aws-cdk/aws-service-spec</c>, which <c>./test</c> installs into tests/aws-spec.</remarks>
internal sealed class ResourceSpecification
{
    private const string File = "tests/aws-spec/node_modules/@aws-cdk/aws-service-spec/db.json.gz";
    private static readonly Lazy<ResourceSpecification> Loaded = new(() => new ResourceSpecification());
    private readonly Dictionary<string, JsonElement> _types;
    private readonly Dictionary<string, JsonElement> _definitions;

    private ResourceSpecification()
    {
        using var packed = System.IO.File.OpenRead(Path.Combine(Template.Repository(), File));
        using var json = new GZipStream(packed, CompressionMode.Decompress);
        var schema = JsonDocument.Parse(json).RootElement.GetProperty("schema");
        _types = Entities("resource").ToDictionary(e => e.GetProperty("cloudFormationType").GetString()!);
        _definitions = Entities("typeDefinition").ToDictionary(e => e.GetProperty("$id").GetString()!);

        IEnumerable<JsonElement> Entities(string table) => schema.GetProperty(table).GetProperty("entities").EnumerateArray();
    }

    public static ResourceSpecification Current => Loaded.Value;

    /// <summary>A resource type; null for an unknown one.</summary>
    public JsonElement? Resource(string type) => _types.TryGetValue(type, out var found) ? found : null;

    /// <summary>The definition that a type refers to.</summary>
    public JsonElement Definition(JsonElement type) =>
        _definitions[type.GetProperty("reference").GetProperty("$ref").GetString()!];

    /// <summary>The property that takes a resource's tags; null for a type without tags.</summary>
    public string? TagProperty(string type) =>
        Resource(type) is { } found && found.TryGetProperty("tagInformation", out var tags)
            ? tags.GetProperty("tagPropertyName").GetString() : null;

    public bool HasAttribute(string type, string attribute) =>
        Resource(type) is { } found && found.GetProperty("attributes").TryGetProperty(attribute, out _);
}
