using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Results;

/// <summary>Which metric decides when groups are judged together.</summary>
public abstract record MetricAgreement
{
    private MetricAgreement()
    {
    }

    /// <summary>One metric decides.</summary>
    /// <param name="Metric">The metric.</param>
    public sealed record Agreed(MetricSpec Metric) : MetricAgreement;

    /// <summary>No group names a metric, and the user gave none.</summary>
    public sealed record NotNamed : MetricAgreement;

    /// <summary>Two groups name different metrics, or different goals of one metric, and the user didn't say which one decides.</summary>
    /// <param name="First">The first group that names a metric.</param>
    /// <param name="FirstMetric">Its metric.</param>
    /// <param name="Other">The first group that names another one.</param>
    /// <param name="OtherMetric">Its metric.</param>
    public sealed record Disputed(GroupRecord First, MetricSpec FirstMetric, GroupRecord Other, MetricSpec OtherMetric) : MetricAgreement;

    /// <summary>Settles on a metric: the one that the user gave, else the one that all groups with a metric agree on.</summary>
    /// <param name="groups">The groups that are judged together, the baseline first.</param>
    /// <param name="given">The metric that the user gave; null for none.</param>
    public static MetricAgreement Of(IReadOnlyList<GroupRecord> groups, MetricSpec? given)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (given is not null) return new Agreed(given);
        var named = groups.Where(group => group.Spec.Metric is not null).ToList();
        if (named.Count == 0) return new NotNamed();
        var (first, metric) = (named[0], named[0].Spec.Metric!);
        return named.Find(group => group.Spec.Metric != metric) is { } other
            ? new Disputed(first, metric, other, other.Spec.Metric!)
            : new Agreed(metric);
    }

    /// <summary>Calls the function for the case.</summary>
    public T Match<T>(Func<Agreed, T> agreed, Func<NotNamed, T> notNamed, Func<Disputed, T> disputed) => this switch
    {
        Agreed it => agreed(it),
        NotNamed it => notNamed(it),
        Disputed it => disputed(it),
        _ => throw new InvalidOperationException(),
    };
}
