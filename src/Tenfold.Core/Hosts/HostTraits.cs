using Tenfold.Core.Reasons;

namespace Tenfold.Core.Hosts;

/// <summary>What only some hosts do for their jobs. The agent follows it, and knows no host by name.</summary>
public sealed record HostTraits
{
    /// <summary>A host that does none of it.</summary>
    public static HostTraits None { get; } = new();

    /// <summary>
    /// A folder, empty at first, that the host stores by itself as the job's model. The command writes its model there, and the agent
    /// leaves the files there. Null, the default: the agent makes a folder.
    /// </summary>
    public string? ModelFolder { get; init; }

    /// <summary>Such a folder for the other results of the command; null for a folder that the agent makes.</summary>
    public string? OutputFolder { get; init; }

    /// <summary>
    /// True when the host shows what the job prints, so that the command's output goes there too, with secrets redacted. Default: false.
    /// </summary>
    public bool ShowsOutput { get; init; }

    /// <summary>How long the command may take after the host's SIGTERM; null for <c>--preemption-grace</c>.</summary>
    public TimeSpan? StopGrace { get; init; }

    /// <summary>
    /// Why an attempt ends when the host starts its job again on another machine. Then the job continues with the run's next attempt at
    /// once, and an earlier claim of the same job is a dead one. Null, the default: the host does not, or a controller starts the next
    /// attempt.
    /// </summary>
    public Reason? RestartReason { get; init; }
}
