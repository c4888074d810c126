namespace Tenfold.Numerics.Tuning.Objectives;

/// <summary>The points that no other point beats, when several objectives count; larger is better in each.</summary>
/// <remarks>
/// A point dominates another when it is at least as good in every objective and better in one. The front holds the points that none
/// dominates. Equal points don't dominate each other, so all of them are on the front.
/// </remarks>
public static class ParetoFront
{
    /// <summary>Finds the front.</summary>
    /// <param name="points">The points: finite values, as many objectives each; larger is better.</param>
    /// <returns>The indices of the points on the front, in ascending order.</returns>
    public static IReadOnlyList<int> Of(IReadOnlyList<double[]> points)
    {
        // In descending lexicographic order, a point can only be dominated by an earlier one, and then by an earlier one on the front.
        var front = new List<int>();
        foreach (var i in Enumerable.Range(0, points.Count).Order(Comparer<int>.Create((a, b) => Compare(points[b], points[a]))))
            if (!front.Exists(other => Dominates(points[other], points[i]))) front.Add(i);
        front.Sort();
        return front;
    }

    /// <summary>True when a point is at least as good as another in every objective, and better in one.</summary>
    public static bool Dominates(double[] point, double[] other)
    {
        var isBetter = false;
        for (var j = 0; j < point.Length; j++)
        {
            if (point[j] < other[j]) return false;
            isBetter |= point[j] > other[j];
        }

        return isBetter;
    }

    /// <summary>The volume of the region that some points dominate, above a reference point: the larger, the better the front.</summary>
    /// <param name="points">The points; larger is better. Only those that are better than the reference in every objective count.</param>
    /// <param name="reference">The reference point, which is worse than any point of interest.</param>
    /// <remarks>
    /// Exact, by slicing along the last objective: quick for fronts of a few hundred points and up to four objectives. Source: Zitzler and
    /// Thiele, "Multiobjective optimization using evolutionary algorithms: a comparative case study", PPSN V (1998).
    /// </remarks>
    public static double Hypervolume(IReadOnlyList<double[]> points, double[] reference)
    {
        List<double[]> above = [.. points.Where(point => point.Zip(reference).All(pair => pair.First > pair.Second))];
        return Volume([.. Of(above).Select(i => above[i])], reference, reference.Length);
    }

    // The volume in the first objectives. Each slice is as thick as the gap between neighbouring values of the last of them.
    private static double Volume(List<double[]> points, double[] reference, int objectives)
    {
        var last = objectives - 1;
        if (points.Count == 0) return 0;
        if (last == 0) return points.Max(point => point[0]) - reference[0];
        points.Sort((a, b) => b[last].CompareTo(a[last]));
        var volume = 0.0;
        for (var i = 0; i < points.Count; i++)
        {
            var thickness = points[i][last] - (i + 1 < points.Count ? points[i + 1][last] : reference[last]);
            if (thickness > 0) volume += thickness * Volume(points[..(i + 1)], reference, last);
        }

        return volume;
    }

    private static int Compare(double[] a, double[] b)
    {
        for (var j = 0; j < a.Length; j++)
            if (a[j] != b[j]) return a[j].CompareTo(b[j]);
        return 0;
    }
}
