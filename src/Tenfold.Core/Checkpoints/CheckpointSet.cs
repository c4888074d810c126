using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Attempts;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Checkpoints;

/// <summary>
/// A consistent copy of the files in <c>$TENFOLD_CHECKPOINT_DIR</c> at one time:
/// <c>attempts/&lt;id&gt;/checkpoints/sets/000007/manifest.json</c>. The manifest is written after its files, so readers see a complete set
/// or none. Each file is a separate object that is never overwritten, and later sets share it as long as the file doesn't change.
/// </summary>
public sealed record CheckpointSet
{
    /// <summary>The current version of this layout.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The layout's version.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>When the copy was taken, by the machine's clock.</summary>
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>The files, in the order of their paths (ordinal).</summary>
    public required IReadOnlyList<CheckpointFile> Files { get; init; }

    /// <summary>When the newest of the files was written, by the clock of the machine.</summary>
    [JsonIgnore]
    public DateTimeOffset WrittenAt => Files.Max(file => file.WrittenAt) ?? SavedAt;

    /// <summary>The store's folder of an attempt's sets.</summary>
    public static string SetsKey(string attempt) => $"{AttemptKeys.Checkpoints(attempt)}sets/";

    /// <summary>The store's folder of one set; sets count from 1.</summary>
    public static string SetKey(string attempt, int number) => $"{SetsKey(attempt)}{number:D6}/";

    /// <summary>The key of a set's manifest.</summary>
    public static string ManifestKey(string attempt, int number) => $"{SetKey(attempt, number)}manifest.json";

    /// <summary>The folder of a file's object; objects count from 1.</summary>
    public static string ObjectFolder(string attempt, int number) => $"{AttemptKeys.Checkpoints(attempt)}files/{number:D6}/";

    /// <summary>The key of a file's object.</summary>
    public static string ObjectKey(string attempt, CheckpointFile file) => ObjectFolder(attempt, file.Stored) + file.Sha256;

    /// <summary>The set as JSON, as it is stored.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CheckpointJson.Default.CheckpointSet);

    /// <summary>Reads a set.</summary>
    /// <returns>Null when it is malformed, has a newer layout, or has a path that could lead out of its folder.</returns>
    public static CheckpointSet? FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var set = JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointSet);
            if (set is not { Schema: CurrentSchema, Files.Count: > 0 }) return null;
            foreach (var file in set.Files)
            {
                if (file?.Path is null || SafePath.Fault(file.Path) is not null) return null;
                if (file.Link is { } link ? SafePath.LinkFault(file.Path, link) is not null
                    : file is not { Sha256.Length: 64, SizeBytes: >= 0, Stored: > 0 }) return null;
            }

            return set;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A file of a checkpoint.</summary>
public sealed record CheckpointFile
{
    /// <summary>The path, relative to the checkpoint's folder.</summary>
    public required string Path { get; init; }

    /// <summary>Its size; 0 for a link.</summary>
    public long SizeBytes { get; init; }

    /// <summary>SHA-256 of its content, lower hexadecimal; null for a link.</summary>
    public string? Sha256 { get; init; }

    /// <summary>When it was written, by the clock of its machine; null for a link, and in sets of older agents.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>The number of the object that has the content; 0 for a link.</summary>
    public int Stored { get; init; }

    /// <summary>A symbolic link's target, which is inside the folder; null for a file.</summary>
    public string? Link { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CheckpointSet))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
