using Tenfold.App.Targets;
using Tenfold.Core.Ledger;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>What is about to be recorded and started.</summary>
/// <param name="Group">The group.</param>
/// <param name="Runs">Its runs.</param>
/// <param name="Notes">What a user should know: files left out of the snapshot, a large snapshot, uncommitted changes.</param>
public sealed record FitPlan(GroupRecord Group, IReadOnlyList<RunRecord> Runs, IReadOnlyList<string> Notes)
{
    /// <summary>The project as its file has it; null for a group that is done again.</summary>
    public ProjectFile? Project { get; init; }

    /// <summary>Where it runs; null for a group that is done again, which runs where that ran.</summary>
    public PlannedTarget? Place { get; init; }
}
