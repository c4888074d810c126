using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>Searches a space for the point with the highest acquisition.</summary>
/// <remarks>
/// The candidates are a Sobol sequence over the whole space and points scattered around good points. The search then climbs from the best
/// candidates. It alternates L-BFGS on the continuous axes with moves along one discrete axis at a time, until neither helps.
/// </remarks>
/// <param name="space">The space.</param>
/// <param name="random">The generator.</param>
internal sealed class AcquisitionMaximizer(SearchSpace space, SplitMix64 random)
{
    private const int SobolPoints = 2000;
    private const int ScatteredPoints = 100; // around each good point
    private const int Climbs = 5;
    private const int MaxRounds = 4; // of continuous and discrete moves
    private const double MinStartDistance = 0.03; // in any one coordinate

    private readonly int[] _continuous = AxesOf(space, kind => kind == AxisKind.Continuous);
    private readonly int[] _discrete = AxesOf(space, kind => kind != AxisKind.Continuous);

    /// <summary>Finds the best point that is not taken.</summary>
    /// <param name="acquisition">What to maximise.</param>
    /// <param name="embedding">The space's embedding.</param>
    /// <param name="near">Good snapped points, to search around; may be empty.</param>
    /// <param name="taken">True for a point that must not be returned.</param>
    /// <returns>The snapped point; null when every point that the search evaluated is taken.</returns>
    public double[]? Maximise(IAcquisition acquisition, Embedding embedding, IReadOnlyList<double[]> near, Predicate<double[]> taken)
    {
        if (space.Count(SobolPoints) is not null) return BestOfAll(acquisition, taken);
        var candidates = new BestFirst(acquisition, Candidates(near));
        var starts = new List<double[]>();
        foreach (var candidate in candidates)
        {
            // Only a move along a discrete axis could reach a forbidden combination from here, and it doesn't.
            if (space.IsForbidden(candidate)) continue;
            if (starts.All(start => Distance(start, candidate) > MinStartDistance)) starts.Add(candidate);
            if (starts.Count == Climbs) break;
        }

        var climbed = starts.Select(start => Climb(acquisition, embedding, start)).OrderByDescending(found => found.Value);
        foreach (var (found, _) in climbed)
        {
            var point = space.Snap(found);
            if (!taken(point)) return point;
        }

        return candidates.FirstOrDefault(candidate => !taken(candidate));
    }

    // A small space is searched exhaustively.
    private double[]? BestOfAll(IAcquisition acquisition, Predicate<double[]> taken) =>
        new BestFirst(acquisition, [.. space.Points()!.Where(point => !taken(point))]).FirstOrDefault();

    private List<double[]> Candidates(IReadOnlyList<double[]> near)
    {
        var sobol = new Sobol(space.Axes.Count, unchecked((long)random.Next()));
        var normal = new NormalGenerator(random);
        var candidates = new List<double[]>(SobolPoints + (near.Count * (ScatteredPoints + 1)));
        for (var i = 0; i < SobolPoints; i++) candidates.Add(space.Snap(sobol.Point(i)));
        foreach (var point in near)
        {
            candidates.Add(point);
            for (var i = 0; i < ScatteredPoints; i++)
            {
                // The width shrinks from 0.2 to 0.0002. Each point moves along a random share of the axes, at least one on average.
                var width = 0.2 * Math.Pow(10, -3.0 * i / ScatteredPoints);
                var share = Math.Max(1.0 / point.Length, random.NextDouble());
                var moved = point.AsSpan().ToArray();
                for (var axis = 0; axis < moved.Length; axis++)
                {
                    if (random.NextDouble() > share) continue;
                    if (space.Axes[axis].Kind == AxisKind.Category)
                    {
                        if (random.NextDouble() < 0.3) moved[axis] = random.NextDouble();
                    }
                    else moved[axis] = Math.Clamp(moved[axis] + (width * normal.Next()), 0, 1);
                }

                candidates.Add(space.Snap(moved));
            }
        }

        return candidates;
    }

    private (double[] Point, double Value) Climb(IAcquisition acquisition, Embedding embedding, double[] start)
    {
        var (point, value) = (start, double.NegativeInfinity);
        for (var round = 0; round < MaxRounds; round++)
        {
            (point, var next) = Continuous(acquisition, embedding, point);
            var gained = next > value;
            value = next;
            if (_discrete.Length == 0 || !gained) break;
            (point, next) = Discrete(acquisition, point, value);
            if (next <= value) break;
            value = next;
        }

        return (point, value);
    }

    private (double[] Point, double Value) Continuous(IAcquisition acquisition, Embedding embedding, double[] start)
    {
        int[] axes = [.. _continuous.Where(axis => space.IsActive(start, axis))];
        if (axes.Length == 0) return (start, acquisition.Evaluate([start])[0]);
        var point = start.AsSpan().ToArray();
        var components = new double[embedding.Size];
        var (lower, upper) = (new double[axes.Length], new double[axes.Length]);
        Array.Fill(upper, 1);
        var (found, value) = BoxedLbfgs.Minimise(
            (x, gradient) =>
            {
                for (var k = 0; k < axes.Length; k++) point[axes[k]] = x[k];
                var here = acquisition.Evaluate(point, components);
                for (var k = 0; k < axes.Length; k++) gradient[k] = -embedding.Derivative(point, axes[k], components);
                return -here;
            },
            [.. axes.Select(axis => start[axis])],
            lower,
            upper,
            iterations: 50,
            gradientTolerance: 1e-9,
            valueTolerance: 1e-12);
        for (var k = 0; k < axes.Length; k++) point[axes[k]] = found[k];
        return (point, -value);
    }

    private (double[] Point, double Value) Discrete(IAcquisition acquisition, double[] point, double value)
    {
        foreach (var axis in _discrete)
        {
            if (!space.IsActive(point, axis)) continue;
            var neighbours = Neighbours(point, axis);
            var values = acquisition.Evaluate(neighbours);
            for (var i = 0; i < values.Length; i++)
                if (values[i] > value) (point, value) = (neighbours[i], values[i]);
        }

        return (point, value);
    }

    /// <summary>The points that differ in one axis: by any level when there are few, otherwise by 1, 2, 4, … levels up or down.</summary>
    private List<double[]> Neighbours(double[] point, int axis)
    {
        var (levels, level) = (space.Axes[axis].Levels, space.LevelOf(axis, point[axis]));
        var others = levels <= 20 || space.Axes[axis].Kind == AxisKind.Category
            ? Enumerable.Range(0, (int)levels).Select(other => (long)other)
            : Enumerable.Range(0, 62).Select(power => 1L << power).TakeWhile(step => step < levels)
                .SelectMany(step => new[] { level - step, level + step });
        return
        [
            .. others.Where(other => other >= 0 && other < levels && other != level).Select(other =>
            {
                var moved = point.AsSpan().ToArray();
                moved[axis] = space.CoordinateOf(axis, other);
                return space.Snap(moved);
            }).Where(moved => !space.IsForbidden(moved)),
        ];
    }

    private static int[] AxesOf(SearchSpace space, Predicate<AxisKind> kind) =>
        [.. Enumerable.Range(0, space.Axes.Count).Where(axis => kind(space.Axes[axis].Kind))];

    private static double Distance(double[] a, double[] b)
    {
        var largest = 0.0;
        for (var i = 0; i < a.Length; i++) largest = Math.Max(largest, Math.Abs(a[i] - b[i]));
        return largest;
    }
}
