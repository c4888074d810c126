using Tenfold.Core.Ledger;

namespace Tenfold.Core.Results;

/// <summary>A group with its runs, as the ledger gives them.</summary>
/// <param name="Group">The group.</param>
/// <param name="Runs">All its runs, also failed and unfinished ones.</param>
public sealed record GroupRuns(GroupRecord Group, IReadOnlyList<RunWithMetrics> Runs);
