using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Environments;

/// <summary>
/// The record of an environment in a store. It says what the archive is, and it is written after the archive. So whoever finds a record
/// finds a whole archive.
/// </summary>
public sealed record StoredEnvironment
{
    /// <summary>The store's folder of environments.</summary>
    public const string Folder = "built-environments";

    /// <summary>The SHA-256 of the archive, lower hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The size of the archive.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>How many entries the archive has.</summary>
    public required int Entries { get; init; }

    /// <summary>The size of all files that are in it.</summary>
    public required long UnpackedBytes { get; init; }

    /// <summary>
    /// The links to the interpreter, which lies outside the environment and is not in the archive: the target by the link's path.
    /// </summary>
    public IReadOnlyDictionary<string, string> InterpreterLinks { get; init; } = new Dictionary<string, string>();

    /// <summary>The id of the ledger whose attempt made it.</summary>
    public string Ledger { get; init; } = "";

    /// <summary>The attempt that made it.</summary>
    public string Attempt { get; init; } = "";

    /// <summary>HMAC-SHA256 of everything above and of the environment's id, lower hexadecimal; see <see cref="EnvironmentKey"/>.</summary>
    public string Authentication { get; init; } = "";

    /// <summary>The id of an environment: everything that it depends on, its path included.</summary>
    /// <param name="key">The bytes of the user's key. Another user gets another id.</param>
    /// <param name="inputs">Everything that the environment depends on.</param>
    public static string IdOf(byte[] key, string inputs) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"tenfold-environment-id-1\n{inputs}")))[..32];

    /// <summary>The folder of keys of an environment.</summary>
    public static string FolderOf(string id) => $"{Folder}/{id}";

    /// <summary>The key of its record.</summary>
    public static string RecordKey(string id) => $"{Folder}/{id}/record.json";

    /// <summary>The key of its archive: a tar file, compressed by gzip.</summary>
    public static string ArchiveKey(string id, string sha256) => $"{Folder}/{id}/{sha256}.tar.gz";

    /// <summary>The key of an object that names the attempt that is making it.</summary>
    public static string BuilderKey(string id) => $"{Folder}/{id}/builder";

    /// <summary>The key of the time at which it was last used; see <see cref="Store.ContentUse"/>.</summary>
    public static string UseKey(string id) => $"{Folder}/{id}/used";

    /// <summary>The record with its authentication.</summary>
    public StoredEnvironment Sign(byte[] key, string id) => this with { Authentication = Authenticate(key, id) };

    /// <summary>The record as JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, EnvironmentJson.Default.StoredEnvironment);

    /// <summary>Reads a record that may be damaged or hostile.</summary>
    /// <param name="json">The record.</param>
    /// <param name="key">The bytes of the user's key.</param>
    /// <param name="id">The environment's id.</param>
    /// <param name="fault">What is wrong with it; null when nothing is.</param>
    /// <returns>The record; null when it must not be used.</returns>
    public static StoredEnvironment? Read(byte[] json, byte[] key, string id, out string? fault)
    {
        try
        {
            var record = JsonSerializer.Deserialize(json, EnvironmentJson.Default.StoredEnvironment)
                ?? throw new JsonException("the record is empty");
            fault = record.FaultUnder(key, id);
            return fault is null ? record : null;
        }
        catch (JsonException e)
        {
            fault = $"its record is damaged ({e.Message})";
            return null;
        }
    }

    private string? FaultUnder(byte[] key, string id)
    {
        var expected = Encoding.ASCII.GetBytes(Authenticate(key, id));
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(Authentication)))
            return "its record was not written by a job of this user";
        foreach (var path in InterpreterLinks.Keys)
            if (SafePath.Fault(path) is { } fault) return $"its record has the link '{path}': {fault}";
        return null;
    }

    private string Authenticate(byte[] key, string id)
    {
        var links = InterpreterLinks.OrderBy(link => link.Key, StringComparer.Ordinal).Select(link => $"{link.Key}\0{link.Value}\0");
        var text = $"tenfold-environment-1\n{id}\n{Sha256}\n{SizeBytes}\n{Entries}\n{UnpackedBytes}\n"
            + $"{string.Concat(links)}\n{Ledger}\n{Attempt}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredEnvironment))]
internal sealed partial class EnvironmentJson : JsonSerializerContext;
