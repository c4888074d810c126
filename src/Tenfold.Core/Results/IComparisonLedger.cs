using Tenfold.Core.Ledger;

namespace Tenfold.Core.Results;

/// <summary>The part of the ledger that records comparisons, and extends groups for them. Each call is one transaction.</summary>
public interface IComparisonLedger
{
    /// <summary>Adds further runs to a group, each with a pending first attempt; writes an event.</summary>
    /// <returns>False, with nothing added, when the group has another number of repeats than was expected.</returns>
    Task<bool> AddRunsAsync(AddedRuns added, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// True when the user of this home asked for a group, by the tag of its first run. Its further runs are then signed, too.
    /// </summary>
    Task<bool> IsOwnGroupAsync(string group, CancellationToken cancellationToken);

    /// <summary>Records a look.</summary>
    Task AddLookAsync(ComparisonLook look, CancellationToken cancellationToken);

    /// <summary>The looks at two groups by a metric, oldest first, whichever of the two was the baseline.</summary>
    Task<IReadOnlyList<ComparisonLook>> ListLooksAsync(
        string group, string other, string metric, CancellationToken cancellationToken);

    /// <summary>How many pairs of groups of a project were compared so far, each counted once for each metric.</summary>
    Task<int> CountComparisonsAsync(string project, CancellationToken cancellationToken);
}
