using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// Remembers the SHA-256 of each file of a folder beside what the file system said of it, as git's index does, so that a file that
/// didn't change isn't read again. It is a cache: whatever is wrong with it, the files are read again and nothing is said.
/// </summary>
/// <remarks>
/// <para>A file is taken as unchanged when its size, its time of modification and of change (both in nanoseconds) and its inode are
/// as they were.
/// The racy case: a file written twice within one tick of the file system's clock, with our look in between, shows the same times both
/// times. So a file whose times are not older than the look by <see cref="TickNs"/> isn't trusted the next time: it is read once
/// more. A disk that keeps whole seconds only gets <see cref="CoarseTickNs"/>. A file from the future is never trusted.</para>
/// <para>The layout, version 1, in the machine's byte order (little): magic and version, CRC-32C of all that follows, the
/// folder (UTF-16), a value of the caller's (<see cref="Summary"/>), the links' targets, then for each file its path (UTF-16), four
/// numbers and 32
/// bytes of SHA-256. Numbers start at multiples of eight.</para>
/// </remarks>
internal sealed class FileIndex
{
    /// <summary>The kernel's clock for file times ticks 100 to 1,000 times a second; this is far above.</summary>
    internal const long TickNs = 100_000_000;
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

    /// <summary>How many files it remembers.</summary>
    public int Count { get; }

    /// <summary>What the caller made of exactly these files the last time; empty when nothing.</summary>
    public string Summary { get; }

    /// <summary>Reads the index of a folder; an absent or damaged one is empty.</summary>
    /// <param name="cacheFolder">Where indexes are kept; made when one is saved.</param>
    /// <param name="folder">The folder whose files it remembers, as a full path.</param>
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
            // No cache: everything is read.
        }
        return empty;
    }

    /// <summary>An index that remembers nothing yet.</summary>
    public static FileIndex Empty(string cacheFolder, string folder) =>
        new(Path.Combine(cacheFolder, $"{Hash(folder):x8}{folder.Length:x4}.index"), folder, [], new int[1], 0, "");

    /// <summary>Looks a file up. Safe for several threads.</summary>
    /// <param name="path">Relative to the folder.</param>
    /// <param name="stat">What the file system says now.</param>
    /// <returns>A number for <see cref="HashOf"/>; negative when the file is unknown or may have changed.</returns>
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

    /// <summary>The SHA-256 of what <see cref="Find"/> found.</summary>
    public ReadOnlySpan<byte> HashOf(int found) => _bytes.AsSpan(found + 32, 32);

    /// <summary>Replaces the index by these files. A failure is not an error: the next look is slower, that's all.</summary>
    /// <param name="files">Every file of the folder.</param>
    /// <param name="lookedAt">The time before the first of them was looked at.</param>
    /// <param name="summary">See <see cref="Summary"/>.</param>
    public void Save(IReadOnlyList<PinnedFile> files, DateTimeOffset lookedAt, string summary)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            var temporary = $"{_file}.{Guid.NewGuid():N}";
            File.WriteAllBytes(temporary, Render(files, (lookedAt.UtcTicks - DateTime.UnixEpoch.Ticks) * 100, summary));
            File.Move(temporary, _file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As said: a cache.
        }
    }

    /// <summary>True when a later change of the file would be seen in its times.</summary>
    internal static bool IsSettled(in FileStat stat, long lookedAtNs)
    {
        var coarse = stat.ModifiedNs % 1_000_000_000 == 0 && stat.ChangedNs % 1_000_000_000 == 0;
        return Math.Max(stat.ModifiedNs, stat.ChangedNs) < lookedAtNs - (coarse ? CoarseTickNs : TickNs);
    }

    private byte[] Render(IReadOnlyList<PinnedFile> files, long lookedAtNs, string summary)
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
            var known = IsSettled(file.Stat, lookedAtNs);
            // A size that no file has: never the same.
            BinaryPrimitives.WriteInt64LittleEndian(facts, known ? file.Stat.SizeBytes : -1);
            BinaryPrimitives.WriteInt64LittleEndian(facts[8..], file.Stat.ModifiedNs);
            BinaryPrimitives.WriteInt64LittleEndian(facts[16..], file.Stat.ChangedNs);
            BinaryPrimitives.WriteUInt64LittleEndian(facts[24..], file.Stat.Inode);
            file.Sha256.CopyTo(facts[32..]);
            stream.Write(facts);
        }
        var bytes = stream.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Checksum(bytes.AsSpan(HeaderBytes)));
        return bytes;
    }

    private static FileIndex? Parse(string file, string folder, byte[] bytes)
    {
        if (bytes.Length < HeaderBytes + 24 || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) != Checksum(bytes.AsSpan(HeaderBytes))) return null;
        // The checksum holds, so that what follows is as it was written.
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

    // MemoryMarshal.Cast would do, but isn't compiled ahead of time.
    private static ReadOnlySpan<char> Text(ReadOnlySpan<byte> bytes) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, char>(ref MemoryMarshal.GetReference(bytes)), bytes.Length / 2);

    private static int Padded(int bytes) => (bytes + 7) & ~7;

    private static uint Hash(ReadOnlySpan<char> text) => Checksum(MemoryMarshal.AsBytes(text)) * 0x9E3779B1u;

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var rest in bytes) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}

/// <summary>A file and the hash of its content.</summary>
/// <param name="Path">Relative to its folder.</param>
/// <param name="Stat">What the file system said when it was read.</param>
/// <param name="Sha256">The 32 bytes of the hash.</param>
internal readonly record struct PinnedFile(string Path, FileStat Stat, byte[] Sha256);
