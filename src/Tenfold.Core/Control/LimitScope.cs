using Tenfold.Core.Costs;
using Tenfold.Core.Ledger;
using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;

namespace Tenfold.Core.Control;

/// <summary>A limit, and how much of it is used.</summary>
/// <param name="limits">The limits.</param>
/// <param name="project">The project whose runs they are about; null for all runs of the home.</param>
internal sealed class LimitScope(RunLimits limits, string? project)
{
    private int _runs;

    public RunLimits Limits => limits;

    /// <summary>What the day's ended runs have cost, and those that have their place will cost.</summary>
    public decimal Usd { get; private set; }

    public bool Covers(GroupRecord group) => Covers(group.Spec.Project);

    public bool Covers(string name) => project is null || project == name;

    /// <summary>A run has its place.</summary>
    /// <param name="usd">What it has cost today, and is expected to cost.</param>
    public void Add(decimal usd)
    {
        _runs++;
        AddSpent(usd);
    }

    /// <summary>A run of today has ended.</summary>
    public void AddSpent(decimal usd) => Usd = CostMath.Add(Usd, usd);

    /// <summary>Why a further run must wait; null when it need not.</summary>
    /// <param name="cost">
    /// What the run is expected to cost; null when its price is unknown. The first run of a day may cost more than the limit: otherwise it
    /// would wait for ever.
    /// </param>
    public Reason? WhyNot(decimal? cost)
    {
        if (limits.Runs is { } most && _runs >= most) return new Reason.WaitsForRunLimit(most, project);
        return limits.UsdPerDay is { } usd && cost is > 0 and { } more && Usd > 0 && CostMath.Add(Usd, more) > usd
            ? new Reason.WaitsForDayLimit(usd, project, limits.Zone) : null;
    }
}
