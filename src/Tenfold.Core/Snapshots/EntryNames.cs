using System.Text;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>The names in a buffer that <see cref="Posix.ReadFolder"/> has filled. They are bytes, and need not be UTF-8.</summary>
internal static class EntryNames
{
    /// <summary>True when a buffer of entries has an entry of a name.</summary>
    public static bool Contains(ReadOnlySpan<byte> entries, ReadOnlySpan<byte> name)
    {
        while (!entries.IsEmpty)
        {
            entries = entries[Posix.ReadEntry(entries, out var found, out _)..];
            if (found.SequenceEqual(name)) return true;
        }
        return false;
    }

    /// <summary>Writes a name for messages, with \xNN for bytes that aren't printable ASCII.</summary>
    public static string Escape(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder();
        foreach (var b in name) text.Append(b is >= 0x20 and < 0x7f ? ((char)b).ToString() : $"\\x{b:x2}");
        return text.ToString();
    }
}
