using System.Text.Json.Nodes;

namespace Tenfold.Cli.Remote;

/// <summary>What commands that ask a server share.</summary>
internal static class RemoteIds
{
    /// <summary>The body of a request.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="name">What the API calls them.</param>
    public static JsonObject Body(IReadOnlyList<string> ids, string name = "ids") =>
        new() { [name] = new JsonArray([.. ids.Select(id => (JsonNode?)JsonValue.Create(id))]) };
}
