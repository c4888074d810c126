using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Garbage;

/// <summary>
/// What <c>tenfold gc</c> reads of a ledger. It reads every record, one by one, so that memory doesn't grow with the history.
/// </summary>
public interface IGarbageLedger
{
    /// <summary>Calls the function for every group, those of studies included.</summary>
    Task VisitGroupsAsync(Action<GroupRecord> visit, CancellationToken cancellationToken);

    /// <summary>Calls the function for every attempt.</summary>
    Task VisitAttemptsAsync(Action<AttemptStatus> visit, CancellationToken cancellationToken);
}

/// <summary>The states of an attempt and of its run.</summary>
/// <param name="Attempt">The attempt's name.</param>
/// <param name="State">Its state.</param>
/// <param name="Run">Its run's name.</param>
/// <param name="RunState">Its run's state.</param>
/// <param name="RunEndedAt">When the run ended; null before.</param>
public sealed record AttemptStatus(string Attempt, AttemptState State, string Run, RunState RunState, DateTimeOffset? RunEndedAt);
