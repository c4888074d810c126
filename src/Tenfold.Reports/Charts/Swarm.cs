namespace Tenfold.Reports.Charts;

/// <summary>A beeswarm: dots beside each other at their true values, moved aside only as far as they would overlap. No chance in it.</summary>
public static class Swarm
{
    /// <summary>Where each dot lies across the axis: 0 on it, up to ± <paramref name="room"/>.</summary>
    /// <param name="places">Where the dots lie along the axis, in pixels.</param>
    /// <param name="distance">How far apart the middles of two dots stay, in pixels.</param>
    /// <param name="room">As far aside as a dot may go; a swarm that needs more is pressed together, and dots then overlap.</param>
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

        // Stretches that overlap are one; the one around the axis, if any, says where the nearest free place is: at its nearer end.
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
