using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;

namespace Tenfold.Core.Hosts;

/// <summary>Why a host ends a job.</summary>
/// <param name="Ending">How the attempt ends by that.</param>
/// <param name="Reason">Why.</param>
public sealed record StopCause(Ending Ending, Reason Reason)
{
    /// <summary>What is assumed when the host gives no cause.</summary>
    public static StopCause MachineLost { get; } = new(Ending.Lost, new Reason.MachineTaken());
}
