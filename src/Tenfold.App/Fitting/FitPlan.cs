using Tenfold.Core.Ledger;

namespace Tenfold.App.Fitting;

/// <summary>A group that is ready to be recorded.</summary>
/// <param name="Group">The group.</param>
/// <param name="Runs">Its runs.</param>
/// <param name="Notes">What a user should know: files left out of the snapshot, a large snapshot, uncommitted changes.</param>
public sealed record FitPlan(GroupRecord Group, IReadOnlyList<RunRecord> Runs, IReadOnlyList<string> Notes);
