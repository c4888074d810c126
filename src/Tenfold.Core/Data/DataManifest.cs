using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Data;

/// <summary>
/// A data channel in the store: <c>data/&lt;sha256&gt;/manifest.json</c>, written last. Its files lie below <c>data/&lt;sha256&gt;/files/</c>, and the
/// SHA-256 is that of <see cref="ContentHash"/>; or they stay at their origin, and the SHA-256 is that of what the origin says of them. Either way, what
/// was fetched is checked against what a run is pinned to.
/// </summary>
public sealed record DataManifest
{
    /// <summary>The version of the layout of files that lie in the store.</summary>
    public const int PublishedSchema = 1;

    /// <summary>The version of the layout of files that stay at their origin.</summary>
    public const int OriginSchema = 2;

    // What the hash of a list begins with, so that it is never that of a content or of another kind of list.
    private const string OriginHead = "tenfold-origin-1";

    /// <summary>The layout's version.</summary>
    public int Schema { get; init; } = PublishedSchema;

    /// <summary>Where the files are when they are not in the store: a URL, which ends in <c>/</c> for a folder. Several origins with the same list have one
    /// manifest, which names one of them.</summary>
    public string? Origin { get; init; }

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

    /// <summary>The manifest of files that stay where they are.</summary>
    /// <param name="origin">Where that is.</param>
    /// <param name="files">The files, each with its ETag; for an origin that is no folder, one.</param>
    public static DataManifest AtOrigin(string origin, IReadOnlyList<DataFile> files) =>
        new() { Schema = OriginSchema, Origin = origin, IsFolder = origin.EndsWith('/'), Files = files };

    /// <summary>
    /// The hash that these files have: what <see cref="ContentHash"/> says of them; of files at an origin the SHA-256 of
    /// <c>tenfold-origin-1 NUL kind NUL</c>, where kind is <c>folder</c> or <c>file</c>, and then for each file <c>etag NUL size NUL version NUL path NUL</c>.
    /// Where they lie is no part of it.
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

    /// <summary>Reads a manifest; null when it is none, or could lead out of its folder.</summary>
    public static DataManifest? FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, DataJson.Default.DataManifest);
            if (manifest is not { Files.Count: > 0 } || (!manifest.IsFolder && manifest.Files.Count > 1)) return null;
            return manifest.Files.All(file => file is { Path: not null, SizeBytes: >= 0 } && SafePath.Fault(file.Path) is null && IsPinned(file)) ? manifest : null;

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
/// <param name="ETag">What its origin tells one content from another by, without quotes; null in the store.</param>
/// <param name="Version">The origin's name of the version; null where it gave none.</param>
public sealed record DataFile(string Path, long SizeBytes, string? Sha256 = null, string? ETag = null, string? Version = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DataManifest))]
internal sealed partial class DataJson : JsonSerializerContext;
