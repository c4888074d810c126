using Tenfold.App.Serving.Keys;

namespace Tenfold.App.Views;

/// <summary>An API key of the gateway, as programs get it; <c>docs/json.md</c> describes it.</summary>
public sealed record KeyView(string Name, DateTimeOffset CreatedAt, double? Rate, int? Burst)
{
    /// <summary>The view of a key.</summary>
    public static KeyView Of(ApiKey key) => new(key.Name, key.CreatedAt, key.Rate, key.Burst);
}
