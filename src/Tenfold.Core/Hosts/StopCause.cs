using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;

namespace Tenfold.Core.Hosts;

/// <summary>Why a host ends a job.</summary>
/// <param name="Ending">How the attempt ends.</param>
/// <param name="Reason">Why it ends.</param>
public sealed record StopCause(Ending Ending, Reason Reason)
{
    /// <summary>The cause that is assumed when the host gives none.</summary>
    public static StopCause MachineLost { get; } = new(Ending.Lost, new Reason.Preempted());
}
