namespace Tenfold.Reports.Charts;

/// <summary>
/// The layout of a beeswarm. Each dot has its true position along the axis, and moves across the axis only as far as needed to avoid
/// overlap. The layout is deterministic.
/// </summary>
internal static class Swarm
{
    /// <summary>The offset of each dot across the axis: from −<paramref name="room"/> to +<paramref name="room"/>.</summary>
    /// <param name="places">The position of each dot along the axis, in pixels.</param>
    /// <param name="distance">The minimum distance between the centres of two dots, in pixels.</param>
    /// <param name="room">The largest offset, in pixels. A swarm that needs more is compressed, so that its dots overlap.</param>
    public static double[] Offsets(IReadOnlyList<double> places, double distance, double room)
    {
        var offsets = new double[places.Count];
        var placed = new List<int>(places.Count);
        var first = 0;
        foreach (var i in Enumerable.Range(0, places.Count).OrderBy(i => places[i]))
        {
            while (first < placed.Count && places[placed[first]] <= places[i] - distance) first++;
            offsets[i] = Nearest(placed.Skip(first).Select(j => (Offset: offsets[j], Apart: places[i] - places[j])), distance);
            placed.Add(i);
        }

        var widest = offsets.Select(Math.Abs).DefaultIfEmpty().Max();
        return widest <= room ? offsets : [.. offsets.Select(offset => offset * room / widest)];
    }

    private static double Nearest(IEnumerable<(double Offset, double Apart)> neighbours, double distance)
    {
        var taken = neighbours.Select(dot => (dot.Offset, Aside: Math.Sqrt(Math.Max(distance * distance - dot.Apart * dot.Apart, 0))))
            .Select(dot => (Low: dot.Offset - dot.Aside, High: dot.Offset + dot.Aside))
            .OrderBy(range => range.Low);

        // Merge overlapping ranges. The nearest free offset is the nearer end of the merged range that covers 0.
        var (low, high) = (double.NegativeInfinity, double.NegativeInfinity);
        foreach (var stretch in taken)
        {
            if (stretch.Low < high - 1e-9) high = Math.Max(high, stretch.High);
            else if (high > 1e-9) break;
            else (low, high) = stretch;
        }

        if (low >= -1e-9 || high <= 1e-9) return 0;
        return -low <= high ? low : high;
    }
}
