using Tenfold.Core.Platform;

namespace Tenfold.Core.Checkpoints;

/// <summary>Decides whether a file of a checkpoint folder is complete, after the processes that wrote it have ended.</summary>
/// <param name="end">How they ended.</param>
/// <param name="clockSkew">By how much the clock of the folder's file system is ahead of the machine's.</param>
/// <remarks>
/// A file that was renamed, linked or given permissions after the last write has a change time later than its modification time. Programs
/// do that only to complete files, so such a file is complete however its writer ended. Source: Linux manual page inode(7).
/// </remarks>
internal sealed class CompletenessCheck(WriterEnd end, TimeSpan clockSkew)
{
    private readonly long _from = Nanoseconds(end.SuspectFrom + clockSkew) ?? long.MaxValue;
    private readonly long _until = Nanoseconds(end.SuspectUntil + clockSkew) ?? long.MaxValue;
    private readonly long _smallerFrom = Nanoseconds(end.FailedAt + clockSkew - WriterEnd.WritePause) ?? long.MaxValue;

    /// <summary>True when the file may be incomplete.</summary>
    /// <param name="now">The file as it is.</param>
    /// <param name="before">The file in the last set; null when it was not in it.</param>
    /// <param name="closedAt">When it was last closed after writing; null when that is unknown.</param>
    /// <param name="isRenamed">True when it is known that it was renamed after the last write.</param>
    public bool IsSuspect(FileStat now, FileStat? before, DateTimeOffset? closedAt, bool isRenamed = false)
    {
        if (now == before) return false;
        if (end.Open.Contains(new FileId(now.Device, now.Inode))) return true;
        if (isRenamed || now.ChangedNs > now.ModifiedNs) return false;
        // The program truncated the file, and then failed before it wrote the content.
        if (now.SizeBytes == 0 && before is { SizeBytes: > 0 }) return true;
        if (now.SizeBytes < before?.SizeBytes && now.ModifiedNs >= _smallerFrom) return true;
        if (now.ModifiedNs < _from || now.ModifiedNs > _until) return false;
        // A later write, through another descriptor or a mapping, came after that close.
        var isClosed = closedAt < end.ClosedBefore && Nanoseconds(closedAt + clockSkew) >= now.ModifiedNs;
        return !isClosed;
    }

    private static long? Nanoseconds(DateTimeOffset? time) => time is { } at ? (at - DateTimeOffset.UnixEpoch).Ticks * 100 : null;
}
