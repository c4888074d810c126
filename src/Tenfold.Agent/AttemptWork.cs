using Tenfold.Core.Attempts;

namespace Tenfold.Agent;

/// <summary>What it takes to run one attempt here.</summary>
/// <param name="Assignment">The attempt.</param>
/// <param name="Reservation">What it may use of the machine.</param>
/// <param name="Secrets">The values of its secrets, by name.</param>
/// <param name="Stop">Asks it to stop.</param>
/// <param name="Retry">Retries the store on behalf of the whole attempt.</param>
public sealed record AttemptWork(
    Assignment Assignment, Reservation Reservation, IReadOnlyDictionary<string, string> Secrets, StopRequest Stop, StoreRetry Retry)
{
    /// <summary>The attempt's name.</summary>
    public string Attempt => Assignment.Attempt;
}
