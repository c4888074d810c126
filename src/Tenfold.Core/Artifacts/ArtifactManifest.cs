using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenfold.Core.Artifacts;

/// <summary>
/// The list of an attempt's artifacts, stored as <c>attempts/&lt;id&gt;/manifest.json</c>. It is written after all files.
/// </summary>
public sealed record ArtifactManifest
{
    /// <summary>The current version of this layout.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The layout's version.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The files, in the order of their paths (ordinal).</summary>
    public required IReadOnlyList<ArtifactFile> Files { get; init; }

    /// <summary>The files that were not published, for instance links that lead out of their folder.</summary>
    [JsonPropertyName("leftOut")]
    public IReadOnlyList<SkippedArtifact> Skipped { get; init; } = [];

    /// <summary>The store's key of an attempt's manifest.</summary>
    public static string ManifestKey(string attemptId) => $"attempts/{attemptId}/manifest.json";

    /// <summary>The store's folder of an attempt's files.</summary>
    public static string FilesKey(string attemptId) => $"attempts/{attemptId}/artifacts/";

    /// <summary>The manifest as JSON, as it is stored.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ArtifactJson.Default.ArtifactManifest);

    /// <summary>Reads a manifest; null when it is invalid. Its paths may be hostile: check each before you write to it.</summary>
    public static ArtifactManifest? FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, ArtifactJson.Default.ArtifactManifest);
            if (manifest?.Files is null) return null;
            foreach (var file in manifest.Files)
                if (file?.Path is null || file.Sha256 is null || file.SizeBytes < 0) return null;
            return manifest;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A file that an attempt made.</summary>
public sealed record ArtifactFile
{
    /// <summary>Its relative path, which starts with the name of its folder, for instance <c>model/weights.bin</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Its size.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>SHA-256 of its content, lower hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>True when its owner may execute it; false also in manifests of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Executable { get; init; }
}

/// <summary>A file that was not published.</summary>
/// <param name="Path">As in <see cref="ArtifactFile.Path"/>.</param>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record SkippedArtifact(string Path, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ArtifactManifest))]
internal sealed partial class ArtifactJson : JsonSerializerContext;
