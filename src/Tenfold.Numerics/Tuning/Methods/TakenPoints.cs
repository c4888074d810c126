using System.Runtime.InteropServices;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>
/// The points that a study doesn't try: those of running, observed, pruned, and ended trials, and forbidden combinations.
/// </summary>
internal sealed class TakenPoints
{
    // In a small space, most draws hit taken points. After this many draws, the first free point in order is used.
    private const int MaxDraws = 200;

    // In a space with a continuous axis, only forbidden combinations are hit, and there is no order.
    private const int MaxContinuousDraws = 100_000;

    private readonly SearchSpace _space;
    private readonly HashSet<double[]> _taken;

    public TakenPoints(TuningHistory history)
    {
        _space = history.Space;
        var count = history.Observations.Count + history.Running.Count + history.Ended.Count + history.Pruned.Count;
        _taken = new HashSet<double[]>(count, PointComparer.Instance);
        foreach (var observation in history.Observations) _taken.Add(observation.Point);
        foreach (var point in history.Running) _taken.Add(point);
        foreach (var point in history.Ended) _taken.Add(point);
        foreach (var point in history.Pruned) _taken.Add(point);
    }

    /// <summary>True when the snapped point is taken.</summary>
    public bool Contains(double[] point) => _taken.Contains(point) || _space.IsForbidden(point);

    /// <summary>Draws a free point, uniform on the unit cube; null when there is none.</summary>
    public double[]? Draw(SplitMix64 random)
    {
        var coordinates = new double[_space.Axes.Count];
        var draws = _space.Points() is null ? MaxContinuousDraws : MaxDraws;
        for (var i = 0; i < draws; i++)
        {
            foreach (ref var coordinate in coordinates.AsSpan()) coordinate = random.NextDouble();
            var point = _space.Snap(coordinates);
            if (!Contains(point)) return point;
        }

        return First();
    }

    /// <summary>
    /// The first free point in the order of <see cref="SearchSpace.Points"/>; null when there is none, or an axis is continuous.
    /// </summary>
    public double[]? First() => _space.Points()?.FirstOrDefault(point => !_taken.Contains(point));

    /// <summary>The generator for one suggestion. Equal seeds and trial numbers give equal numbers.</summary>
    public static SplitMix64 RandomOf(TuningHistory history) =>
        new(unchecked((long)(new SplitMix64(history.Seed).Next() ^ new SplitMix64(history.Number).Next())));

    private sealed class PointComparer : IEqualityComparer<double[]>
    {
        public static readonly PointComparer Instance = new();

        public bool Equals(double[]? x, double[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(double[] point)
        {
            var hash = default(HashCode);
            hash.AddBytes(MemoryMarshal.AsBytes(point.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
