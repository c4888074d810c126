using System.Text.Json;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>Reads members of slurmrestd's answers, which may be absent or null.</summary>
internal static class RestJson
{
    /// <summary>A string; empty when it is absent.</summary>
    public static string Text(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    /// <summary>A whole number; null when it is absent.</summary>
    public static long? Number(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    /// <summary>The elements of an array; none when it is absent.</summary>
    public static IEnumerable<JsonElement> Entries(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    /// <summary>The strings in an array; none when it is absent.</summary>
    public static IReadOnlyList<string> Texts(JsonElement of, string name) =>
        [.. Entries(of, name).Where(entry => entry.ValueKind == JsonValueKind.String).Select(entry => entry.GetString()!)];

    /// <summary>The elements of an array that must be present: an absent list must not count as an empty one.</summary>
    /// <exception cref="JsonException">The array is absent.</exception>
    public static JsonElement.ArrayEnumerator Required(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Array } value
            ? value.EnumerateArray()
            : throw new JsonException($"the answer has no `{name}`");

    /// <summary>A member; undefined when it is absent.</summary>
    public static JsonElement Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : default;
}
