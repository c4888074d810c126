using System.Text.Json;
using Tenfold.Core.Ledger;

namespace Tenfold.Reports.Text;

/// <summary>The parameters of several groups: their names, their values as text, and which of them differ.</summary>
public static class ParameterText
{
    private const int MaxLengthInLabel = 32;
    private const int MaxInLabel = 4;

    /// <summary>All names, in the order in which they first appear.</summary>
    public static IReadOnlyList<string> Names(IReadOnlyList<JsonElement> groups) =>
    [
        .. groups.Where(group => group.ValueKind == JsonValueKind.Object)
            .SelectMany(group => group.EnumerateObject())
            .Select(parameter => parameter.Name)
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

    /// <summary>
    /// The group's id with its values of the differing parameters: <c>k7m2xqab · hidden=64</c>. Long values are truncated.
    /// </summary>
    public static string Label(GroupRecord group, IReadOnlyList<string> differing)
    {
        var shown = differing.Select(name => (Name: name, Value: Value(group.Spec.Parameters, name)))
            .Where(parameter => parameter.Value is not null)
            .Take(MaxInLabel)
            .Select(parameter => $"{Cut(parameter.Name, MaxLengthInLabel)}={Cut(parameter.Value!, MaxLengthInLabel)}")
            .ToArray();
        var more = differing.Count > MaxInLabel ? $", +{differing.Count - MaxInLabel}" : "";
        return shown.Length == 0 ? group.Id : $"{group.Id} · {string.Join(", ", shown)}{more}";
    }

    private static JsonElement? Find(JsonElement group, string name) =>
        group.ValueKind == JsonValueKind.Object && group.TryGetProperty(name, out var value) ? value : null;

    private static bool IsSame(JsonElement? left, JsonElement? right) =>
        left is null || right is null ? left is null && right is null : JsonElement.DeepEquals(left.Value, right.Value);

    /// <summary>Truncates text to a length; an ellipsis marks the omitted part.</summary>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest) return text;
        var end = longest - 1;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + "…";
    }
}
