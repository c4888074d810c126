using Tenfold.Core.Requests;
using Tenfold.Core.Versions;

namespace Tenfold.Core.Experiments;

/// <summary>A key of an experiment, or a request without a key.</summary>
/// <param name="IsCandidate">The arm that served its first request. Its outcomes in the other arm don't count.</param>
/// <param name="Period">The period in which it came, from 0.</param>
/// <param name="FirstAt">When it came.</param>
/// <param name="Value">The mean of its outcomes; null without an outcome.</param>
internal readonly record struct ExperimentUnit(bool IsCandidate, int Period, DateTimeOffset FirstAt, double? Value);

/// <summary>The independent units of an experiment, in the order in which they came.</summary>
internal sealed record ExperimentUnits
{
    /// <summary>The units.</summary>
    public required IReadOnlyList<ExperimentUnit> Units { get; init; }

    /// <summary>The candidate's share of both arms in each period. A period lasts while that share stays the same.</summary>
    public required IReadOnlyList<double> Shares { get; init; }

    /// <summary>The number of requests of the baseline's and of the candidate's units.</summary>
    public required (long Baseline, long Candidate) Requests { get; init; }

    /// <summary>How many units are requests without a key.</summary>
    public required long WithoutKey { get; init; }

    /// <summary>How many keys both arms served.</summary>
    public required long Moved { get; init; }

    /// <summary>How many keys came while an arm had no traffic, or by an unknown route.</summary>
    public required long Outside { get; init; }

    /// <summary>Forms units of outcomes.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="routes">All routes of the model, oldest first.</param>
    /// <param name="outcomes">The outcomes by arm and key, in the order of their first requests.</param>
    public static ExperimentUnits Of(Experiment experiment, IReadOnlyList<Route> routes, IReadOnlyList<KeyOutcome> outcomes)
    {
        var (periods, shares) = PeriodsOf(experiment, routes);
        var units = new List<ExperimentUnit>(outcomes.Count);
        long moved = 0, outside = 0, withoutKey = 0, baseline = 0, candidate = 0;
        // A key that was served while its version was down has a row without a version too.
        foreach (var rows in outcomes.GroupBy(row => (row.Key, row.IsKeyed)))
        {
            var first = rows.MinBy(row => row.FirstAt)!;
            var own = rows.Where(row => row.Arm == first.Arm).ToList();
            if (!periods.TryGetValue(first.RouteRevision, out var period))
            {
                outside++;
                continue;
            }

            if (own.Count < rows.Count()) moved++;
            if (!first.IsKeyed) withoutKey++;
            var isCandidate = first.Arm == ArmNames.Candidate;
            var (requests, values) = (own.Sum(row => row.Requests), own.Sum(row => row.Values));
            if (isCandidate) candidate += requests;
            else baseline += requests;
            units.Add(new(isCandidate, period, first.FirstAt, values == 0 ? null : own.Sum(row => row.Sum) / values));
        }

        units.Sort((a, b) => a.FirstAt.CompareTo(b.FirstAt));
        return new()
        {
            Units = units,
            Shares = shares,
            Requests = (baseline, candidate),
            WithoutKey = withoutKey,
            Moved = moved,
            Outside = outside,
        };
    }

    /// <summary>The candidate's share of both arms by a route; null when an arm has none.</summary>
    public static double? ShareOf(Experiment experiment, Route route)
    {
        var shares = route.Shares();
        var (baseline, candidate) = (shares.GetValueOrDefault(experiment.Baseline), shares.GetValueOrDefault(experiment.Candidate));
        return baseline > 0 && candidate > 0 ? (double)candidate / (baseline + candidate) : null;
    }

    // Successive routes with one share are one period; a share that comes back later begins a new one, for the traffic may differ by then.
    private static (Dictionary<long, int> Periods, List<double> Shares) PeriodsOf(Experiment experiment, IReadOnlyList<Route> routes)
    {
        var periods = new Dictionary<long, int>();
        var shares = new List<double>();
        double? last = null;
        foreach (var route in routes)
        {
            var share = ShareOf(experiment, route);
            if (share is { } now)
            {
                if (now != last) shares.Add(now);
                periods[route.Revision] = shares.Count - 1;
            }

            last = share;
        }

        return (periods, shares);
    }
}
