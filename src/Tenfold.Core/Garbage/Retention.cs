namespace Tenfold.Core.Garbage;

/// <summary>
/// How long garbage stays before <c>tenfold gc</c> removes it. The logs, metrics, models and results of recorded runs always stay.
/// </summary>
public sealed record Retention
{
    /// <summary>For checkpoints of failed and cancelled runs, from the end of the run, since <c>tenfold retry</c> resumes from them;
    /// default 7 days. The checkpoints of succeeded runs go at once.</summary>
    public TimeSpan Checkpoints { get; init; } = TimeSpan.FromDays(7);

    /// <summary>For files that the ledger doesn't know, from their last change, and for copies of data on this machine, from their last
    /// use; default 7 days. Another process may be about to record or use them.</summary>
    public TimeSpan Unknown { get; init; } = TimeSpan.FromDays(7);

    /// <summary>For environments and copies of snapshots and data on this machine, from their last use; default 14 days.</summary>
    public TimeSpan Caches { get; init; } = TimeSpan.FromDays(14);

    /// <summary>For environments in a store, from their last use; default 30 days. A run that needs one builds it again.</summary>
    public TimeSpan Environments { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// For incomplete writes, from their last change; default 1 day. An interrupted upload may be resumed within that time.
    /// </summary>
    public TimeSpan IncompleteWrites { get; init; } = TimeSpan.FromDays(1);
}
