using Tenfold.Core.Attempts;

namespace Tenfold.Core.Hosts;

/// <summary>Why a host ends a job.</summary>
/// <param name="Ending">How the attempt ends by that.</param>
/// <param name="Reason">Why, in plain words.</param>
public sealed record StopCause(Ending Ending, string Reason)
{
    /// <summary>What is assumed when the host gives no cause.</summary>
    public static StopCause MachineLost { get; } = new(Ending.Lost, "the machine was taken away (SIGTERM from its scheduler)");
}
