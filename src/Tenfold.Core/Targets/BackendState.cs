using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;

namespace Tenfold.Core.Targets;

/// <summary>What a backend reports about an attempt.</summary>
/// <param name="Kind">Whether the attempt waits or runs there.</param>
/// <param name="Reason">
/// Why the attempt waits, or how it ended, according to the backend (<see cref="Reason.OfBackend"/>); null when the backend gives no
/// reason. It must stay equal as long as nothing changes, since each change is recorded.
/// </param>
/// <param name="End">
/// <para>
/// How the attempt ended according to the backend. It counts when the attempt is gone and its agent reported no end:
/// <see cref="Ending.Cancelled"/> (on purpose, with the backend's own tools), <see cref="Ending.TimeLimit"/>, <see cref="Ending.Lost"/>
/// (the machine failed or was reclaimed), <see cref="Ending.Signalled"/> (out of memory), <see cref="Ending.NotStarted"/> (the backend
/// can't start it).
/// </para>
/// <para>Null when the backend doesn't know the attempt, or knows only that its process has exited.</para>
/// </param>
public sealed record BackendState(BackendKind Kind, Reason? Reason = null, Ending? End = null);

/// <summary>Whether an attempt waits or runs at a backend.</summary>
public enum BackendKind
{
    /// <summary>The attempt waits.</summary>
    Waiting,

    /// <summary>The attempt runs.</summary>
    Running,

    /// <summary>The backend has no such attempt. Its report in the store decides; without a final report, the attempt is lost.</summary>
    Gone,

    /// <summary>
    /// The backend can't tell at the moment; the reason says why. Only a final report in the store counts then. States of other attempts
    /// in the same call are not affected.
    /// </summary>
    Unknown,
}
