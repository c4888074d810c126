using Tenfold.Core.Checkpoints;
using Tenfold.Core.Platform;

namespace Tenfold.Agent;

/// <summary>How a command's processes ended, and what follows for the files that they wrote.</summary>
/// <param name="First">How the command's first process ended.</param>
/// <param name="Last">How the last process of its group ended.</param>
/// <param name="Open">The files that a process could still write when the agent killed it; null when the agent killed none.</param>
/// <param name="SignalledAt">When the command got SIGTERM; null when it got none.</param>
/// <param name="EndedAt">When all had ended.</param>
internal sealed record CommandEnding(
    ProcessEnd First, ExitStatus Last, IReadOnlySet<FileId>? Open, DateTimeOffset? SignalledAt, DateTimeOffset EndedAt)
{
    private const int Terminated = 15, FirstSignalExit = 128, LastSignalExit = 128 + 64;

    // For how long a program without a SIGTERM handler may still write.
    private static readonly TimeSpan SignalDelay = TimeSpan.FromSeconds(1);

    // Different threads see files close and send the signal.
    private static readonly TimeSpan SeenApart = TimeSpan.FromMilliseconds(50);

    // A dying process closes its files, and the agent sees later that it has ended; on a busy machine, noticeably later. A file that was
    // closed in this time before may be one that the process never finished.
    private static readonly TimeSpan Dying = TimeSpan.FromSeconds(1);

    /// <summary>What follows for the files.</summary>
    public WriterEnd Writers
    {
        get
        {
            var end = new WriterEnd { Open = Open ?? new HashSet<FileId>(), FailedAt = HasFailed ? EndedAt : null };
            // A kill interrupts the work or the save: only files that were finished before the signal are complete.
            if (SignalledAt is { } signalled && Open is not null) return end with { SuspectFrom = signalled };
            // Nobody knows when a process behind a shell died.
            var diedAt = SignalledAt <= First.At ? SignalledAt - SeenApart
                : First.Signal is not null || SignalledAt is not null ? First.At - Dying
                : (DateTimeOffset?)null;
            if (HasCrashed(First) || HasCrashed(Last))
                return end with { SuspectFrom = EndedAt - WriterEnd.WritePause, ClosedBefore = First.Signal is null ? null : diedAt };
            if (Last.Signal != Terminated) return end;
            // Without a handler the process ended at the signal. With one it wrote first, and then sent itself the signal again.
            var at = SignalledAt ?? EndedAt;
            return end with { SuspectFrom = at - WriterEnd.WritePause, SuspectUntil = at + SignalDelay, ClosedBefore = diedAt };
        }
    }

    private bool HasFailed => First.ExitCode is not (null or 0 or FirstSignalExit + Terminated);

    private static bool HasCrashed(ProcessEnd end) => HasCrashed(new ExitStatus(end.ExitCode, end.Signal));

    // A shell reports the signal that ended its child as an exit code.
    private static bool HasCrashed(ExitStatus status) =>
        status.Signal is { } signal ? signal != Terminated
            : status.ExitCode is > FirstSignalExit and <= LastSignalExit and not FirstSignalExit + Terminated;
}
