using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenfold.Core.Snapshots;

/// <summary>The list of a snapshot's files, stored as <c>snapshots/&lt;id&gt;.json</c>.</summary>
/// <remarks>
/// The snapshot's id is the SHA-256 of its canonical form: for each file, in the order of the UTF-8 bytes of their paths,
/// <c>kind NUL size NUL sha256 NUL path NUL</c>, where kind is <c>file</c>, <c>program</c> (executable) or <c>link</c>. A link has the
/// size 0, and its target instead of the hash. Times, owners, empty folders and the archive's bytes have no influence.
/// </remarks>
public sealed record SnapshotManifest
{
    /// <summary>The current version of this layout.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The layout's version.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The files and links, in the order of the UTF-8 bytes of their paths.</summary>
    public required IReadOnlyList<SnapshotFile> Files { get; init; }

    /// <summary>Computes the snapshot's id from its files.</summary>
    public string ComputeId()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        var used = 0;
        foreach (var file in Files)
        {
            Add(file.Link is not null ? "link" : file.Executable ? "program" : "file");
            Add(file.SizeBytes.ToString(CultureInfo.InvariantCulture));
            Add(file.Link ?? file.Sha256 ?? "");
            Add(file.Path);
        }
        hash.AppendData(buffer, 0, used);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(string text)
        {
            if (Encoding.UTF8.GetMaxByteCount(text.Length) + 1 > buffer.Length - used)
            {
                hash.AppendData(buffer, 0, used);
                used = 0;
                if (Encoding.UTF8.GetMaxByteCount(text.Length) + 1 > buffer.Length)
                    buffer = new byte[Encoding.UTF8.GetMaxByteCount(text.Length) + 1];
            }
            used += Encoding.UTF8.GetBytes(text, buffer.AsSpan(used));
            buffer[used++] = 0;
        }
    }

    /// <summary>Compares paths by their UTF-8 bytes.</summary>
    internal static int ComparePaths(string a, string b)
    {
        var common = Math.Min(a.Length, b.Length);
        var at = a.AsSpan().CommonPrefixLength(b);
        if (at == common) return a.Length - b.Length;
        // UTF-16 sorts surrogates before U+E000, UTF-8 after U+FFFF.
        return Rank(a[at]) - Rank(b[at]);

        static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
    }

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SnapshotJson.Default.SnapshotManifest);

    /// <summary>Reads a manifest; null when it is invalid, or has a path that could lead out of the folder.</summary>
    internal static SnapshotManifest? FromJson(byte[] json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, SnapshotJson.Default.SnapshotManifest);
            if (manifest?.Files is null) return null;
            foreach (var file in manifest.Files)
            {
                if (file?.Path is null || SafePath.Fault(file.Path) is not null) return null;
                if (file.Link is not null && SafePath.LinkFault(file.Path, file.Link) is not null) return null;
            }
            return manifest;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A file or link of a snapshot.</summary>
public sealed record SnapshotFile
{
    /// <summary>Relative to the project, with <c>/</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Its size; 0 for a link.</summary>
    public long SizeBytes { get; init; }

    /// <summary>SHA-256 of its content, lower hexadecimal; null for a link.</summary>
    public string? Sha256 { get; init; }

    /// <summary>True when its owner may execute it.</summary>
    public bool Executable { get; init; }

    /// <summary>Where a symbolic link points to, always inside the project; null for a file.</summary>
    public string? Link { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(SnapshotManifest))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
