using System.Text.Json;
using Tenfold.Core.Ledger;

namespace Tenfold.Reports.Text;

/// <summary>The parameters of several groups: their names, their values as text, and which of them differ.</summary>
public static class ParameterText
{
    private const int LongestInLabel = 32;
    private const int MostInLabel = 4;

    /// <summary>All names, in the order in which they first appear.</summary>
    public static IReadOnlyList<string> Names(IReadOnlyList<JsonElement> groups) =>
    [
        .. groups.Where(group => group.ValueKind == JsonValueKind.Object)
            .SelectMany(group => group.EnumerateObject())
            .Select(one => one.Name)
            .Distinct(),
    ];

    /// <summary>The names of parameters that differ between groups. 0.1 and 1e-1 are equal; absent and null are not.</summary>
    public static IReadOnlyList<string> Differing(IReadOnlyList<JsonElement> groups) =>
        [.. Names(groups).Where(name => groups.Any(group => !IsSame(Find(group, name), Find(groups[0], name))))];

    /// <summary>A group's value of a parameter as text; null when the group doesn't have the parameter.</summary>
    public static string? Value(JsonElement group, string name) => Find(group, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => other.GetRawText(),
    };

    /// <summary>The group's id with its values of the differing parameters: <c>k7m2xqab · hidden=64</c>. Long values are cut.</summary>
    public static string Label(GroupRecord group, IReadOnlyList<string> differing)
    {
        var shown = differing.Select(name => (Name: name, Value: Value(group.Spec.Parameters, name)))
            .Where(one => one.Value is not null)
            .Take(MostInLabel)
            .Select(one => $"{Cut(one.Name, LongestInLabel)}={Cut(one.Value!, LongestInLabel)}")
            .ToArray();
        var more = differing.Count > MostInLabel ? $", +{differing.Count - MostInLabel}" : "";
        return shown.Length == 0 ? group.Id : $"{group.Id} · {string.Join(", ", shown)}{more}";
    }

    private static JsonElement? Find(JsonElement group, string name) =>
        group.ValueKind == JsonValueKind.Object && group.TryGetProperty(name, out var value) ? value : null;

    private static bool IsSame(JsonElement? one, JsonElement? other) =>
        one is null || other is null ? one is null && other is null : JsonElement.DeepEquals(one.Value, other.Value);

    /// <summary>The text, cut to a length; an ellipsis stands for what was cut off.</summary>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest) return text;
        var end = longest - 1;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + "…";
    }
}
