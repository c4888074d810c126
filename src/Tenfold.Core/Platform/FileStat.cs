namespace Tenfold.Core.Platform;

/// <summary>The kind of an entry in a folder.</summary>
internal enum FileKind
{
    File,
    Folder,
    Link,

    /// <summary>A socket, a pipe or a device, which no snapshot can contain.</summary>
    Other,
}

/// <summary>
/// The metadata of a file. Equal values mean that the content hasn't changed, except in the racy case that
/// <see cref="Snapshots.FileIndex"/> explains.
/// </summary>
internal readonly record struct FileStat(
    FileKind Kind, bool Executable, long SizeBytes, long ModifiedNs, long ChangedNs, ulong Inode, ulong Device)
{
    /// <summary>When the content was last written.</summary>
    public DateTimeOffset ModifiedAt => DateTimeOffset.UnixEpoch.AddTicks(ModifiedNs / 100);
}
