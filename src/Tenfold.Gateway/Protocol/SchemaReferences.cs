using System.Text.Json;

namespace Tenfold.Gateway.Protocol;

/// <summary>Finds references of a JSON Schema that lead nowhere. The validator would notice one only once a request gets there.</summary>
internal static class SchemaReferences
{
    private static readonly string[] Data = ["const", "enum", "examples", "default"];

    /// <summary>The first reference that can't be resolved in the schema itself; null when all can. Nothing is ever downloaded.</summary>
    public static string? FindBroken(JsonElement schema) => Find(schema, schema);

    private static string? Find(JsonElement node, JsonElement root)
    {
        if (node.ValueKind == JsonValueKind.Array)
            return node.EnumerateArray().Select(item => Find(item, root)).FirstOrDefault(found => found is not null);
        if (node.ValueKind != JsonValueKind.Object) return null;
        foreach (var member in node.EnumerateObject())
        {
            if (Data.Contains(member.Name)) continue;
            if (member.NameEquals("$ref") && member.Value.ValueKind == JsonValueKind.String && !Resolves(member.Value.GetString()!, root))
                return member.Value.GetString();
            if (Find(member.Value, root) is { } broken) return broken;
        }

        return null;
    }

    private static bool Resolves(string reference, JsonElement root)
    {
        if (reference.StartsWith("#/", StringComparison.Ordinal)) return Follow(Uri.UnescapeDataString(reference[2..]), root);
        if (reference == "#") return true;
        var (identifier, keyword) = reference.StartsWith('#') ? (reference[1..], "$anchor") : (reference.Split('#')[0], "$id");
        return Has(root, keyword, identifier);
    }

    private static bool Follow(string pointer, JsonElement node)
    {
        foreach (var part in pointer.Split('/').Select(part => part.Replace("~1", "/").Replace("~0", "~")))
        {
            if (node.ValueKind == JsonValueKind.Object && node.TryGetProperty(part, out var member)) node = member;
            else if (node.ValueKind == JsonValueKind.Array && int.TryParse(part, out var i) && i >= 0 && i < node.GetArrayLength())
                node = node[i];
            else return false;
        }

        return true;
    }

    private static bool Has(JsonElement node, string keyword, string value) => node.ValueKind switch
    {
        JsonValueKind.Object => node.EnumerateObject().Any(member =>
            (member.NameEquals(keyword) && member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals(value))
            || Has(member.Value, keyword, value)),
        JsonValueKind.Array => node.EnumerateArray().Any(item => Has(item, keyword, value)),
        _ => false,
    };
}
