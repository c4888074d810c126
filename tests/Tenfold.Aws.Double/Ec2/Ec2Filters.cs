using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ec2;

/// <summary>Filters of EC2's listings: all must match, each by one of its values, which may have wildcards.</summary>
internal static class Ec2Filters
{
    /// <summary>Whether a resource matches all filters.</summary>
    /// <param name="input">The request.</param>
    /// <param name="tags">The resource's tags.</param>
    /// <param name="value">The values of a filter; null for a filter that there is not.</param>
    public static bool Match(JsonObject input, IReadOnlyDictionary<string, string> tags, Func<string, IEnumerable<string?>?> value)
    {
        foreach (var filter in input.Items("Filters"))
        {
            var name = filter.Text("Name")!;
            var values = name.StartsWith("tag:", StringComparison.Ordinal) ? [tags.GetValueOrDefault(name[4..])]
                : name == "tag-key" ? tags.Keys
                : value(name) ?? throw new AwsErrorException(400, "InvalidParameterValue", $"The filter '{name}' is invalid");
            if (!filter.Texts("Values").Any(pattern => values.Any(one => one is not null && Fits(one, pattern)))) return false;
        }
        return true;
    }

    public static Dictionary<string, string> Tags(IEnumerable<JsonNode> tags) =>
        tags.ToDictionary(tag => tag.Text("Key")!, tag => tag.Text("Value") ?? "");

    public static JsonArray ToList(IReadOnlyDictionary<string, string> tags) =>
        [.. tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })];

    private static bool Fits(string text, string pattern) => pattern.AsSpan().IndexOfAny('*', '?') < 0 ? text == pattern
        : Regex.IsMatch(text, "^" + Regex.Escape(pattern).Replace("\\*", ".*").Replace("\\?", ".") + "$", RegexOptions.Singleline);
}
