using Tenfold.Core.Platform;

namespace Tenfold.Core.Checkpoints;

/// <summary>How the processes that wrote a checkpoint folder ended, which decides which of its files may be incomplete.</summary>
public sealed record WriterEnd
{
    /// <summary>
    /// A file that was written less than this long before an abrupt end counts as unfinished: 5 s. A program that writes a large file
    /// seldom pauses for longer between two writes.
    /// </summary>
    public static TimeSpan WritePause { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The programs exited by themselves, and had closed their files before.</summary>
    public static WriterEnd Clean { get; } = new();

    /// <summary>The files that a process could still write when it was killed.</summary>
    public IReadOnlySet<FileId> Open { get; init; } = new HashSet<FileId>();

    /// <summary>Files that were written between this time and <see cref="SuspectUntil"/> may be incomplete; null for none.</summary>
    public DateTimeOffset? SuspectFrom { get; init; }

    /// <summary>The end of the period of <see cref="SuspectFrom"/>; null when the period has no end.</summary>
    public DateTimeOffset? SuspectUntil { get; init; }

    /// <summary>
    /// A file that was closed before this time is complete nevertheless, because its writer was still alive. Null when it is unknown how
    /// long the writer lived.
    /// </summary>
    public DateTimeOffset? ClosedBefore { get; init; }

    /// <summary>
    /// When the command failed; null when it did not. A file that became smaller right before that may be incomplete, because an exception
    /// can end a program while it saves.
    /// </summary>
    public DateTimeOffset? FailedAt { get; init; }
}
