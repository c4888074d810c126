using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenfold.Core.Artifacts;

/// <summary>What an attempt left; kept in the store as <c>attempts/&lt;id&gt;/manifest.json</c>, which is written last: where it is, all
/// the files are.</summary>
public sealed record ArtifactManifest
{
    /// <summary>The version of this layout that is written now.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The layout's version.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The files, in the order of their paths (ordinal).</summary>
    public required IReadOnlyList<ArtifactFile> Files { get; init; }

    /// <summary>What was not kept, and why, for instance a link that leads out of its folder.</summary>
    public IReadOnlyList<ArtifactLeftOut> LeftOut { get; init; } = [];

    /// <summary>The store's key of an attempt's manifest.</summary>
    public static string ManifestKey(string attemptId) => $"attempts/{attemptId}/manifest.json";

    /// <summary>The store's folder of an attempt's files.</summary>
    public static string FilesKey(string attemptId) => $"attempts/{attemptId}/artifacts/";

    /// <summary>The manifest as JSON, as it is stored.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ArtifactJson.Default.ArtifactManifest);

    /// <summary>Reads a manifest; null when it is none. The paths may be hostile: whoever writes files by them checks each.</summary>
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

/// <summary>A file that an attempt left.</summary>
public sealed record ArtifactFile
{
    /// <summary>Relative, starting with the folder it was in, for instance <c>model/weights.bin</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Its size.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>SHA-256 of its content, lower hexadecimal.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>Something that was not kept.</summary>
/// <param name="Path">As in <see cref="ArtifactFile.Path"/>.</param>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record ArtifactLeftOut(string Path, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ArtifactManifest))]
internal sealed partial class ArtifactJson : JsonSerializerContext;
