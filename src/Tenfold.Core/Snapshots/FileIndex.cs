using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// Caches the SHA-256 of each file of a folder with the file's metadata, as git's index does, so that an unchanged file isn't read again.
/// When the cache is missing or damaged, all files are read, and no error is reported.
/// </summary>
/// <remarks>
/// <para>A file is unchanged when its size, inode, and times of modification and of status change (in nanoseconds) are the cached ones.
/// A file that is written twice within one tick of the file system's clock shows the same times after both writes. If we observed it in
/// between, the cached hash would be wrong. So a file whose times are within <see cref="TickNs"/> of the observation is read again the
/// next time; on a disk that stores whole seconds, within <see cref="CoarseTickNs"/>. A file with a time in the future is always
/// read.</para>
/// <para>The layout, version 1, little-endian: magic number and version; CRC-32C of the rest; the folder (UTF-16); <see cref="Summary"/>;
/// the number of files; then for each file its path (UTF-16), its size, two times and inode, and its SHA-256. Numbers are aligned to
/// eight bytes.</para>
/// </remarks>
internal sealed class FileIndex
{
    /// <summary>Well above the tick of the kernel's clock for file times, which is 1 to 10 ms.</summary>
    internal const long TickNs = 100_000_000;

    /// <summary>Well above the tick of a disk that stores whole seconds.</summary>
    internal const long CoarseTickNs = 2_000_000_000;
    private const ulong Magic = 0x0001_5844_4946_4E54; // "TNFIDX", version 1
    private const int HeaderBytes = 16;
    private const int FactBytes = 64;
    private readonly byte[] _bytes;
    private readonly int[] _slots;
    private readonly string _file;
    private readonly string _folder;

    private FileIndex(string file, string folder, byte[] bytes, int[] slots, int count, string summary)
    {
        (_file, _folder, _bytes, _slots, Count, Summary) = (file, folder, bytes, slots, count, summary);
    }

    /// <summary>The number of cached files.</summary>
    public int Count { get; }

    /// <summary>A text that the caller derived from exactly these files and saved with them; empty when there is none.</summary>
    public string Summary { get; }

    /// <summary>Reads the index of a folder; an absent or damaged one is empty.</summary>
    /// <param name="cacheFolder">The folder of indexes; <see cref="Save"/> makes it.</param>
    /// <param name="folder">The full path of the folder whose files are cached.</param>
    public static FileIndex Load(string cacheFolder, string folder)
    {
        var empty = Empty(cacheFolder, folder);
        var file = empty._file;
        try
        {
            var bytes = File.ReadAllBytes(file);
            if (Parse(file, folder, bytes) is { } index) return index;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is no usable cache, so all files are read.
        }
        return empty;
    }

    /// <summary>An empty index.</summary>
    public static FileIndex Empty(string cacheFolder, string folder) =>
        new(Path.Combine(cacheFolder, $"{Hash(folder):x8}{folder.Length:x4}.index"), folder, [], new int[1], 0, "");

    /// <summary>Finds a file. Safe for several threads.</summary>
    /// <param name="path">Relative to the folder.</param>
    /// <param name="stat">The file's current metadata.</param>
    /// <returns>A number for <see cref="HashOf"/>; negative when the file isn't cached or may have changed.</returns>
    public int Find(string path, in FileStat stat)
    {
        var mask = (uint)_slots.Length - 1;
        for (var slot = Hash(path) & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            var at = _slots[slot];
            var facts = ReadText(at, out var known);
            if (!known.SequenceEqual(path)) continue;
            var same = Long(facts) == stat.SizeBytes && Long(facts + 8) == stat.ModifiedNs && Long(facts + 16) == stat.ChangedNs
                && (ulong)Long(facts + 24) == stat.Inode;
            return same ? facts : -1;
        }
        return -1;
    }

    /// <summary>The SHA-256 of a file that <see cref="Find"/> found.</summary>
    public ReadOnlySpan<byte> HashOf(int found) => _bytes.AsSpan(found + 32, 32);

    /// <summary>Replaces the index. A failure is ignored: the next snapshot is only slower.</summary>
    /// <param name="files">Every file of the folder.</param>
    /// <param name="observedAt">The time before the first file's metadata was read.</param>
    /// <param name="summary">See <see cref="Summary"/>.</param>
    public void Save(IReadOnlyList<PinnedFile> files, DateTimeOffset observedAt, string summary)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            var temporary = $"{_file}.{Guid.NewGuid():N}";
            File.WriteAllBytes(temporary, Render(files, (observedAt.UtcTicks - DateTime.UnixEpoch.Ticks) * 100, summary));
            File.Move(temporary, _file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next snapshot reads all files.
        }
    }

    /// <summary>True when a later change of the file would change its times.</summary>
    internal static bool IsSettled(in FileStat stat, long observedAtNs)
    {
        var coarse = stat.ModifiedNs % 1_000_000_000 == 0 && stat.ChangedNs % 1_000_000_000 == 0;
        return Math.Max(stat.ModifiedNs, stat.ChangedNs) < observedAtNs - (coarse ? CoarseTickNs : TickNs);
    }

    private byte[] Render(IReadOnlyList<PinnedFile> files, long observedAtNs, string summary)
    {
        var stream = new MemoryStream(files.Count * 160 + 1024);
        Span<byte> facts = stackalloc byte[FactBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(facts, Magic);
        stream.Write(facts[..HeaderBytes]);
        WriteText(stream, _folder);
        WriteText(stream, summary);
        BinaryPrimitives.WriteInt64LittleEndian(facts, files.Count);
        stream.Write(facts[..8]);
        foreach (var file in files)
        {
            WriteText(stream, file.Path);
            var known = IsSettled(file.Stat, observedAtNs);
            // No file has the size -1, so this one is read the next time.
            BinaryPrimitives.WriteInt64LittleEndian(facts, known ? file.Stat.SizeBytes : -1);
            BinaryPrimitives.WriteInt64LittleEndian(facts[8..], file.Stat.ModifiedNs);
            BinaryPrimitives.WriteInt64LittleEndian(facts[16..], file.Stat.ChangedNs);
            BinaryPrimitives.WriteUInt64LittleEndian(facts[24..], file.Stat.Inode);
            file.Sha256.CopyTo(facts[32..]);
            stream.Write(facts);
        }
        var bytes = stream.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Checksum.Of(bytes.AsSpan(HeaderBytes)));
        return bytes;
    }

    private static FileIndex? Parse(string file, string folder, byte[] bytes)
    {
        if (bytes.Length < HeaderBytes + 24 || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) != Checksum.Of(bytes.AsSpan(HeaderBytes))) return null;
        // The checksum is right, so the rest needs no checks.
        var reader = new FileIndex(file, folder, bytes, [], 0, "");
        var at = reader.ReadText(HeaderBytes, out var text);
        if (!text.SequenceEqual(folder)) return null;
        at = reader.ReadText(at, out text);
        var summary = text.ToString();
        var count = (int)reader.Long(at);
        at += 8;
        var slots = new int[BitOperations.RoundUpToPowerOf2((uint)count * 2 + 1)];
        var mask = (uint)slots.Length - 1;
        for (var i = 0; i < count; i++)
        {
            var facts = reader.ReadText(at, out text);
            var slot = Hash(text) & mask;
            while (slots[slot] != 0) slot = (slot + 1) & mask;
            slots[slot] = at;
            at = facts + FactBytes;
        }
        return new FileIndex(file, folder, bytes, slots, count, summary);
    }

    private long Long(int at) => BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(at));

    private int ReadText(int at, out ReadOnlySpan<char> text)
    {
        var length = (int)Long(at);
        text = Text(_bytes.AsSpan(at + 8, length * 2));
        return at + 8 + Padded(length * 2);
    }

    private static void WriteText(MemoryStream stream, string text)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, text.Length);
        stream.Write(number);
        var bytes = MemoryMarshal.AsBytes(text.AsSpan());
        stream.Write(bytes);
        number.Clear();
        stream.Write(number[..(Padded(bytes.Length) - bytes.Length)]);
    }

    // MemoryMarshal.Cast isn't compiled ahead of time.
    private static ReadOnlySpan<char> Text(ReadOnlySpan<byte> bytes) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, char>(ref MemoryMarshal.GetReference(bytes)), bytes.Length / 2);

    private static int Padded(int bytes) => (bytes + 7) & ~7;

    private static uint Hash(ReadOnlySpan<char> text) => Checksum.Of(MemoryMarshal.AsBytes(text)) * 0x9E3779B1u;
}

/// <summary>A file and the hash of its content.</summary>
/// <param name="Path">Relative to its folder.</param>
/// <param name="Stat">Its metadata when it was read.</param>
/// <param name="Sha256">The 32 bytes of the hash.</param>
internal readonly record struct PinnedFile(string Path, FileStat Stat, byte[] Sha256);
