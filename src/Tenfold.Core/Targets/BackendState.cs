using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;

namespace Tenfold.Core.Targets;

/// <summary>What a backend knows of an attempt.</summary>
/// <param name="Kind">Where it is.</param>
/// <param name="Reason">
/// Why the attempt waits, or how it ended, by the backend's account (<see cref="Reason.OfBackend"/>); null when the backend gives no
/// reason. It stays equal as long as nothing changes: each change is recorded.
/// </param>
/// <param name="End">
/// How it ended by the backend's account, for an attempt that is gone and told no end of its own: <see cref="Ending.Cancelled"/> (somebody
/// ended it there on purpose), <see cref="Ending.TimeLimit"/>, <see cref="Ending.Lost"/> (its machine failed, or was taken away),
/// <see cref="Ending.Signalled"/> (out of memory), <see cref="Ending.NotStarted"/> (it can't be started there). Null: the backend does not
/// know it (any more), or knows only that its process ended.
/// </param>
public sealed record BackendState(BackendKind Kind, Reason? Reason = null, Ending? End = null);

/// <summary>Where a backend has an attempt.</summary>
public enum BackendKind
{
    /// <summary>It waits.</summary>
    Waiting,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It is not there (any more): its report in the store is the last word, and without a final one it is lost.</summary>
    Gone,

    /// <summary>
    /// It can't be told for the moment; the reason says why. A final report in the store counts all the same, and nothing else is
    /// concluded. What is known of others is told in the same call.
    /// </summary>
    Unknown,
}
