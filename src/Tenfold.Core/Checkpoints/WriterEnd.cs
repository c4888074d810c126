using Tenfold.Core.Platform;

namespace Tenfold.Core.Checkpoints;

/// <summary>How the processes that write a checkpoint folder ended: what decides which of its files may be incomplete.</summary>
public sealed record WriterEnd
{
    /// <summary>
    /// How long before an abrupt end a write counts as unfinished; 5 s. A program that writes a large file pauses between two writes, but
    /// seldom for longer.
    /// </summary>
    public static TimeSpan WritePause { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The programs ended by themselves, and had closed their files before.</summary>
    public static WriterEnd Clean { get; } = new();

    /// <summary>The files that a process could still write when it was killed.</summary>
    public IReadOnlySet<FileId> Open { get; init; } = new HashSet<FileId>();

    /// <summary>Files that were written from this time on, until <see cref="SuspectUntil"/>, may be incomplete; null for none.</summary>
    public DateTimeOffset? SuspectFrom { get; init; }

    /// <summary>The end of that time; null for no end.</summary>
    public DateTimeOffset? SuspectUntil { get; init; }

    /// <summary>
    /// When the command failed; null when it did not. A file that it made smaller in the moment before may be incomplete: an exception can
    /// end a program while it saves.
    /// </summary>
    public DateTimeOffset? FailedAt { get; init; }
}
