using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Data;

/// <summary>
/// A data channel in the store: <c>data/&lt;sha256&gt;/manifest.json</c>, written last, and its files below <c>data/&lt;sha256&gt;/files/</c>. The
/// SHA-256 is that of <see cref="ContentHash"/>, so what was fetched is checked against the hash that a run is pinned to.
/// </summary>
public sealed record DataManifest
{
    /// <summary>The version of this layout that is written now.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The layout's version.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>True for a folder, false for a single file.</summary>
    public required bool IsFolder { get; init; }

    /// <summary>The files, in the order of the UTF-8 bytes of their paths; of a single file, one whose path is <c>data</c>.</summary>
    public required IReadOnlyList<DataFile> Files { get; init; }

    /// <summary>The path that a single file has.</summary>
    public const string SinglePath = "data";

    /// <summary>The store's folder of a channel's content.</summary>
    public static string Folder(string hash) => $"data/{hash}/";

    /// <summary>The store's key of the manifest.</summary>
    public static string ManifestKey(string hash) => $"{Folder(hash)}manifest.json";

    /// <summary>The store's folder of the files.</summary>
    public static string FilesKey(string hash) => $"{Folder(hash)}files/";

    /// <summary>What <see cref="ContentHash"/> says of these files.</summary>
    public string ComputeHash()
    {
        if (!IsFolder) return Files is [var single] ? single.Sha256 : "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files) hash.AppendData(Encoding.UTF8.GetBytes($"{file.Sha256}\0{file.SizeBytes.ToString(CultureInfo.InvariantCulture)}\0{file.Path}\0"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The manifest as JSON, as it is stored.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DataJson.Default.DataManifest);

    /// <summary>Reads a manifest; null when it is none, or could lead out of its folder.</summary>
    public static DataManifest? FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, DataJson.Default.DataManifest);
            return manifest is { Schema: CurrentSchema, Files.Count: > 0 }
                && manifest.Files.All(file => file is { Path: not null, Sha256.Length: 64, SizeBytes: >= 0 } && SafePath.Fault(file.Path) is null) ? manifest : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A file of a data channel.</summary>
/// <param name="Path">Relative to the channel's folder.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Sha256">SHA-256 of its content, lower hexadecimal.</param>
public sealed record DataFile(string Path, long SizeBytes, string Sha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DataManifest))]
internal sealed partial class DataJson : JsonSerializerContext;
