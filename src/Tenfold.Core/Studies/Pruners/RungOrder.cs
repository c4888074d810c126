using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>Orders values at a rung from best to worst; NaN is the worst, and equal to itself.</summary>
internal static class RungOrder
{
    /// <summary>Below 0 when the first is better.</summary>
    public static int Compare(MetricGoal goal, double a, double b) => (double.IsNaN(a), double.IsNaN(b)) switch
    {
        (true, true) => 0,
        (true, false) => 1,
        (false, true) => -1,
        _ => goal == MetricGoal.Maximize ? b.CompareTo(a) : a.CompareTo(b),
    };

    /// <summary>The values from best to worst.</summary>
    public static double[] Sorted(MetricGoal goal, IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted, (a, b) => Compare(goal, a, b));
        return sorted;
    }
}
