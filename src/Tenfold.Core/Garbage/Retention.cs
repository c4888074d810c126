namespace Tenfold.Core.Garbage;

/// <summary>How long what may go is kept all the same. What the ledger knows of runs (logs, metrics, models, results) never goes.</summary>
public sealed record Retention
{
    /// <summary>Checkpoints of runs that failed or were cancelled, counted from their end, since <c>tenfold retry</c> goes on from them; default 7 days.
    /// Those of runs that succeeded go at once.</summary>
    public TimeSpan Checkpoints { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Files that the ledger does not know, counted from their last change; and copies of data on this machine, counted from their last use.
    /// Default 7 days. Somebody may be about to record or to use them.</summary>
    public TimeSpan Unknown { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Environments, and copies of snapshots and data, on this machine, counted from their last use; default 14 days.</summary>
    public TimeSpan Caches { get; init; } = TimeSpan.FromDays(14);

    /// <summary>What a broken-off write left; default 1 day. An upload that broke off goes on within that time.</summary>
    public TimeSpan Leftovers { get; init; } = TimeSpan.FromDays(1);
}
