using System.Text.Json.Nodes;

namespace Tenfold.Aws.Double.Wire;

/// <summary>Cuts listings into pages.</summary>
internal static class Pages
{
    /// <summary>One page of a listing.</summary>
    /// <param name="items">All items.</param>
    /// <param name="member">The answer's list.</param>
    /// <param name="input">The request.</param>
    /// <param name="most">The largest page.</param>
    /// <param name="token">The token's name.</param>
    /// <param name="size">The name of the member that limits a page.</param>
    public static JsonObject Of(
        IEnumerable<JsonNode> items, string member, JsonObject input, int most, string token = "nextToken", string size = "maxResults")
    {
        var all = items.ToArray();
        var start = input.Text(token) is { } text ? int.Parse(text[(text.LastIndexOf('-') + 1)..]) : 0;
        var limit = Math.Min((size.Length > 0 ? input.Number(size) : null) ?? most, most);
        var page = all.Skip(start).Take(limit).ToArray();
        var answer = new JsonObject { [member] = new JsonArray(page) };
        if (start + page.Length < all.Length) answer[token] = $"page-{start + page.Length}";
        return answer;
    }
}
