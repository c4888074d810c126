using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Tenfold.App.Serving.Keys;

/// <summary>An API key of the gateway, as it is stored: only its hash, from which the key can't be found.</summary>
public sealed record ApiKey
{
    /// <summary>The text that every key begins with, so that scanners for leaked secrets find it.</summary>
    public const string Prefix = "tfk_";

    private const int SecretBytes = 32;

    /// <summary>The key's name, which the request log and the metrics show.</summary>
    public required string Name { get; init; }

    /// <summary>The SHA-256 of the key, in lower-case hexadecimal. A key has 256 random bits, so it needs no slow hash.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How many requests a second the key may make in the long run; null: as many as it likes.</summary>
    public double? Rate { get; init; }

    /// <summary>How many requests the key may make at once after a pause; null: those of one second, at least 1.</summary>
    public int? Burst { get; init; }

    /// <summary>Makes a key.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="at">The time.</param>
    /// <returns>The record to store, and the key itself, which is not stored.</returns>
    public static (ApiKey Record, string Key) Create(string name, DateTimeOffset at)
    {
        var key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        return (new ApiKey { Name = name, Sha256 = Hash(key), CreatedAt = at }, key);
    }

    /// <summary>The hash of a key.</summary>
    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}

/// <summary>How API keys are stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<ApiKey>))]
[JsonSerializable(typeof(IReadOnlyList<ApiKey>))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
