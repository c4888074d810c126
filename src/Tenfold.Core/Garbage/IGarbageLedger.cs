using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Garbage;

/// <summary>What cleaning up asks of the ledger: all of it, one after the other, however much there is.</summary>
public interface IGarbageLedger
{
    /// <summary>Shows every group, those of studies too.</summary>
    Task VisitGroupsAsync(Action<GroupRecord> visit, CancellationToken cancellationToken);

    /// <summary>Shows every attempt.</summary>
    Task VisitAttemptsAsync(Action<AttemptStatus> visit, CancellationToken cancellationToken);
}

/// <summary>Where an attempt and its run stand.</summary>
/// <param name="Attempt">The attempt's name.</param>
/// <param name="State">Its state.</param>
/// <param name="Run">Its run's name.</param>
/// <param name="RunState">Its run's state.</param>
/// <param name="RunEndedAt">When the run ended; null before.</param>
public sealed record AttemptStatus(string Attempt, AttemptState State, string Run, RunState RunState, DateTimeOffset? RunEndedAt);
