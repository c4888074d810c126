using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Data;

/// <summary>
/// The list of a data channel's files, stored as <c>data/&lt;sha256&gt;/manifest.json</c> after the files. The files are below
/// <c>data/&lt;sha256&gt;/files/</c>, and <see cref="ContentHasher"/> computes the SHA-256. Or they stay at their origin, and the SHA-256
/// is that of the origin's list. In both cases a run checks the files that it fetched against the hash that it is pinned to.
/// </summary>
public sealed record DataManifest
{
    /// <summary>The layout's version for files in the store.</summary>
    public const int PublishedSchema = 1;

    /// <summary>The layout's version for files at their origin.</summary>
    public const int OriginSchema = 2;

    // The first bytes of a hashed list from an origin. They keep its hash different from every other kind of hash.
    private const string OriginHead = "tenfold-origin-1";

    /// <summary>The layout's version.</summary>
    public int Schema { get; init; } = PublishedSchema;

    /// <summary>The URL of files that are not in the store, which ends in <c>/</c> for a folder; null for files in the store. Origins with
    /// equal lists share one manifest, which names one of them.</summary>
    public string? Origin { get; init; }

    /// <summary>True for a folder, false for a single file.</summary>
    public required bool IsFolder { get; init; }

    /// <summary>The files, in the order of the UTF-8 bytes of their paths. A single file has the path <c>data</c>.</summary>
    public required IReadOnlyList<DataFile> Files { get; init; }

    /// <summary>The path of a single file.</summary>
    public const string SinglePath = "data";

    /// <summary>The store's folder of a channel's content.</summary>
    public static string Folder(string hash) => $"data/{hash}/";

    /// <summary>The store's key of the manifest.</summary>
    public static string ManifestKey(string hash) => $"{Folder(hash)}manifest.json";

    /// <summary>The store's key of the time when the data was last reused; see <see cref="Store.ContentUse"/>.</summary>
    public static string UseKey(string hash) => $"{Folder(hash)}used";

    /// <summary>The store's folder of the files.</summary>
    public static string FilesKey(string hash) => $"{Folder(hash)}files/";

    /// <summary>Makes the manifest of files that stay at their origin.</summary>
    /// <param name="origin">The origin's URL, which ends in <c>/</c> for a folder.</param>
    /// <param name="files">The files, each with its ETag; one file when the origin isn't a folder.</param>
    public static DataManifest AtOrigin(string origin, IReadOnlyList<DataFile> files) =>
        new() { Schema = OriginSchema, Origin = origin, IsFolder = origin.EndsWith('/'), Files = files };

    /// <summary>
    /// Computes the hash of the files. For files in the store it is that of <see cref="ContentHasher"/>. For files at an origin it is the
    /// SHA-256 of <c>tenfold-origin-1 NUL kind NUL</c>, where kind is <c>folder</c> or <c>file</c>, and then
    /// <c>etag NUL size NUL version NUL path NUL</c> for each file. The origin's URL has no influence.
    /// </summary>
    public string ComputeHash()
    {
        if (Origin is null && !IsFolder) return Files is [{ Sha256: { } sha256 }] ? sha256 : "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (Origin is not null) Add($"{OriginHead}\0{(IsFolder ? "folder" : "file")}\0");
        foreach (var file in Files)
        {
            var size = file.SizeBytes.ToString(CultureInfo.InvariantCulture);
            Add(Origin is null ? $"{file.Sha256}\0{size}\0{file.Path}\0" : $"{file.ETag}\0{size}\0{file.Version}\0{file.Path}\0");
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The manifest as JSON, as it is stored.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DataJson.Default.DataManifest);

    /// <summary>Reads a manifest; null when it is invalid, or has a path that could lead out of its folder.</summary>
    public static DataManifest? FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, DataJson.Default.DataManifest);
            if (manifest is not { Files.Count: > 0 } || (!manifest.IsFolder && manifest.Files.Count > 1)) return null;
            return manifest.Files.All(IsValid) ? manifest : null;

            bool IsValid(DataFile file) =>
                file is { Path: not null, SizeBytes: >= 0 } && SafePath.Fault(file.Path) is null && IsPinned(file);

            bool IsPinned(DataFile file) => (manifest.Schema, manifest.Origin) switch
            {
                (PublishedSchema, null) => file.Sha256 is { Length: 64 },
                (OriginSchema, not null) => file.ETag is { Length: > 0 },
                _ => false,
            };
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
/// <param name="Sha256">SHA-256 of its content, lower hexadecimal; null at an origin.</param>
/// <param name="ETag">The origin's ETag of its content, without quotes; null in the store.</param>
/// <param name="Version">The origin's id of the version; null when the origin gave none.</param>
public sealed record DataFile(string Path, long SizeBytes, string? Sha256 = null, string? ETag = null, string? Version = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DataManifest))]
internal sealed partial class DataJson : JsonSerializerContext;
