using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Keys;

/// <summary>The API keys of gateways.</summary>
/// <param name="IsRequired">
/// True once a key was added: then every request needs one, also after the last key was removed.
/// </param>
/// <param name="Keys">The keys.</param>
public sealed record ApiKeySet(bool IsRequired, IReadOnlyList<ApiKey> Keys)
{
    /// <summary>No key was ever added, and requests need none.</summary>
    public static ApiKeySet None { get; } = new(IsRequired: false, []);

    /// <summary>Makes a key, and adds it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rate">The requests a second that it may make; null: any number.</param>
    /// <param name="burst">The requests that it may make at once after a pause; null: those of one second.</param>
    /// <param name="at">The time.</param>
    /// <returns>The new set with the key itself, which is not in it; or a refusal.</returns>
    public Outcome<AddedApiKey> With(string name, double? rate, int? burst, DateTimeOffset at)
    {
        if (!VersionNames.IsValid(name)) return Refusal.BadInput($"'{name}' is no name of a key: use {VersionNames.Rule}");
        if (rate is <= 0 or double.NaN || burst is < 1) return Refusal.BadInput("a rate must be above 0, and a burst at least 1");
        if (Keys.Any(other => other.Name == name)) return Refusal.AlreadyExists($"there is a key '{name}' already: remove it first");
        var (record, key) = ApiKey.Create(name, at);
        return new AddedApiKey(new ApiKeySet(IsRequired: true, [.. Keys, record with { Rate = rate, Burst = burst }]), key);
    }

    /// <summary>Finds a key.</summary>
    /// <returns>The key; or NotFound.</returns>
    public Outcome<ApiKey> Find(string name) =>
        Keys.FirstOrDefault(key => key.Name == name) is { } found ? found : Refusal.NotFound($"there is no key '{name}'");

    /// <summary>The set without a key.</summary>
    public ApiKeySet Without(ApiKey key) => this with { Keys = [.. Keys.Where(one => one != key)] };
}

/// <summary>A set of keys with a new one.</summary>
/// <param name="Set">The set.</param>
/// <param name="Key">The new key itself, which is stored nowhere.</param>
public sealed record AddedApiKey(ApiKeySet Set, string Key);
