using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>Numbers as openapi v0.0.40 and later write them: <c>{"set":true,"infinite":false,"number":5}</c>.</summary>
/// <remarks>Source: <c>uint32_no_val</c> and similar types in the openapi documents of v0.0.40 to v0.0.45.</remarks>
internal static class TaggedNumber
{
    /// <summary>Reads a number; null when it is absent, not set or infinite.</summary>
    public static long? Read(JsonElement of, string name)
    {
        var value = RestJson.Member(of, name);
        return Is(value, "set") && !Is(value, "infinite") ? RestJson.Number(value, "number") : null;
    }

    /// <summary>Writes a number.</summary>
    public static JsonObject Write(long number) => new() { ["set"] = true, ["infinite"] = false, ["number"] = number };

    private static bool Is(JsonElement value, string tag) => RestJson.Member(value, tag).ValueKind == JsonValueKind.True;
}
