using Tenfold.Core.Ledger;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Results;

/// <summary>A group with its runs, as the ledger gives them.</summary>
/// <param name="Group">The group.</param>
/// <param name="Runs">All its runs, also failed and unfinished ones.</param>
public sealed record GroupRuns(GroupRecord Group, IReadOnlyList<RunWithMetrics> Runs)
{
    /// <summary>The files of the group's snapshot, so that a comparison can name those that differ; null when not loaded.</summary>
    public IReadOnlyList<SnapshotFile>? Files { get; init; }
}
