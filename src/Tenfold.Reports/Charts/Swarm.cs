namespace Tenfold.Reports.Charts;

/// <summary>
/// A beeswarm: each dot lies at its true value along the axis, and is moved across the axis only as far as needed not to overlap. The
/// layout has no randomness.
/// </summary>
internal static class Swarm
{
    /// <summary>How far each dot is moved across the axis: from −<paramref name="room"/> to +<paramref name="room"/>.</summary>
    /// <param name="places">Where the dots lie along the axis, in pixels.</param>
    /// <param name="distance">The distance that the middles of two dots keep, in pixels.</param>
    /// <param name="room">The largest offset, in pixels; a swarm that needs more is pressed together, and its dots overlap.</param>
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
        var taken = neighbours.Select(one => (one.Offset, Aside: Math.Sqrt(Math.Max(distance * distance - one.Apart * one.Apart, 0))))
            .Select(one => (Low: one.Offset - one.Aside, High: one.Offset + one.Aside))
            .OrderBy(one => one.Low);

        // Overlapping ranges are merged. The nearest free place is the nearer end of the merged range that covers the axis.
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
