using Tenfold.Core.Platform;

namespace Tenfold.Core.Checkpoints;

/// <summary>A file or link in a checkpoint folder, as one scan found it.</summary>
internal sealed class CheckpointEntry(FileStat stat, string? link, CheckpointFile? file)
{
    /// <summary>The metadata at the scan.</summary>
    public FileStat Stat => stat;

    /// <summary>The file's identity, which a rename keeps.</summary>
    public FileId Id => new(stat.Device, stat.Inode);

    /// <summary>When it was last written.</summary>
    public DateTimeOffset WrittenAt => DateTimeOffset.UnixEpoch.AddTicks(stat.ModifiedNs / 100);

    /// <summary>The target of a symbolic link; null for a file.</summary>
    public string? Link => link;

    /// <summary>The path of a copy that has the content; null when the file itself has it.</summary>
    public string? Copy { get; init; }

    /// <summary>The stored object with the content; null when it is not known.</summary>
    public CheckpointFile? File { get; set; } = file;

    /// <summary>True when nothing shows a change between two scans.</summary>
    public bool IsAs(CheckpointEntry other) => stat == other.Stat && link == other.Link;
}
