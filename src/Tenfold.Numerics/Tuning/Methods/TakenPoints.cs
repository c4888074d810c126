using System.Runtime.InteropServices;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>The points that a study does not try again: those that are running, were observed, or ended without a value.</summary>
internal sealed class TakenPoints
{
    // In a small space most draws are taken. After this many draws the first free point in order is used.
    private const int Draws = 200;

    private readonly SearchSpace _space;
    private readonly HashSet<double[]> _taken;

    public TakenPoints(TuningHistory history)
    {
        _space = history.Space;
        var count = history.Observations.Count + history.Running.Count + history.Ended.Count + history.Pruned.Count;
        _taken = new HashSet<double[]>(count, SamePoint.Instance);
        foreach (var observation in history.Observations) _taken.Add(observation.Point);
        foreach (var point in history.Running) _taken.Add(point);
        foreach (var point in history.Ended) _taken.Add(point);
        foreach (var point in history.Pruned) _taken.Add(point);
    }

    /// <summary>True when the snapped point is taken.</summary>
    public bool Contains(double[] point) => _taken.Contains(point);

    /// <summary>A random free point: uniform on the unit cube; null when there is none.</summary>
    public double[]? Draw(SplitMix64 random)
    {
        var coordinates = new double[_space.Axes.Count];
        for (var i = 0; i < Draws; i++)
        {
            foreach (ref var coordinate in coordinates.AsSpan()) coordinate = random.NextDouble();
            var point = _space.Snap(coordinates);
            if (!_taken.Contains(point)) return point;
        }

        return First();
    }

    /// <summary>The first free point in the order of <see cref="SearchSpace.Points"/>; null when there is none, or no order.</summary>
    public double[]? First() => _space.Points()?.FirstOrDefault(point => !_taken.Contains(point));

    /// <summary>The generator for one suggestion. Equal seeds and trial numbers give equal numbers.</summary>
    public static SplitMix64 RandomOf(TuningHistory history) =>
        new(unchecked((long)(new SplitMix64(history.Seed).Next() ^ new SplitMix64(history.Number).Next())));

    private sealed class SamePoint : IEqualityComparer<double[]>
    {
        public static readonly SamePoint Instance = new();

        public bool Equals(double[]? x, double[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(double[] point)
        {
            var hash = default(HashCode);
            hash.AddBytes(MemoryMarshal.AsBytes(point.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
