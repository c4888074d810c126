using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tenfold.Aws.Double.Wire;

/// <summary>Reads members of requests.</summary>
internal static class JsonReading
{
    public static string? Text(this JsonNode? node, string name) => node?[name]?.ToString();

    public static int? Number(this JsonNode? node, string name) => (int?)node.Long(name);

    public static long? Long(this JsonNode? node, string name) =>
        node?[name] is { } value ? long.Parse(value.ToString()) : null;

    public static bool Flag(this JsonNode? node, string name) => node?[name] is { } value && bool.Parse(value.ToString());

    /// <summary>The items of a list; none when it is missing.</summary>
    public static IReadOnlyList<JsonNode> Items(this JsonNode? node, string name) => node?[name] is JsonArray list ? [.. list!] : [];

    public static IReadOnlyList<string> Texts(this JsonNode? node, string name) => [.. node.Items(name).Select(item => item.ToString())];

    public static Dictionary<string, string> Map(this JsonNode? node, string name) =>
        node?[name] is JsonObject map ? map.ToDictionary(entry => entry.Key, entry => entry.Value?.ToString() ?? "") : [];

    public static JsonObject ToNode(object value) => (JsonObject)JsonSerializer.SerializeToNode(value)!;

    /// <summary>A copy without members that are null.</summary>
    public static JsonObject WithoutNulls(this JsonObject value)
    {
        List<string>? missing = null;
        foreach (var (name, child) in value)
        {
            if (child is null) (missing ??= []).Add(name);
            if (child is JsonObject inner) inner.WithoutNulls();
            else if (child is JsonArray list)
                foreach (var item in list.OfType<JsonObject>()) item.WithoutNulls();
        }
        foreach (var name in missing ?? []) value.Remove(name);
        return value;
    }

    public static JsonObject ToMap(this IReadOnlyDictionary<string, string> map)
    {
        var node = new JsonObject();
        foreach (var (name, value) in map) node[name] = value;
        return node;
    }

    /// <summary>A time as JSON 1.1 and XML services of this double write it.</summary>
    public static double Seconds(this DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    public static string Iso(this DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
}
