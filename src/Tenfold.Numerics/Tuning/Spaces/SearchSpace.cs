using System.Runtime.InteropServices;

namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>
/// Maps the parameters of a search to a unit cube. A <em>point</em> is an array with a coordinate from 0 to 1 for each
/// <see cref="Axes">axis</see>, in their order.
/// </summary>
/// <remarks>
/// A point is <em>snapped</em> when each coordinate is exactly that of a value, and the coordinate of each inactive axis, whose conditions
/// don't hold, is <see cref="Pinned"/>. Values on a continuous axis have twelve digits. So equal values have equal snapped points, and a
/// snapped point survives decoding, writing as JSON, reading and encoding unchanged. Immutable.
/// </remarks>
public sealed class SearchSpace
{
    /// <summary>The coordinate of an inactive axis.</summary>
    public const double Pinned = 0.5;

    private readonly IReadOnlyDictionary<string, SearchDimension> _parameters;
    private readonly AxisScale?[] _scales; // by axis
    private readonly Condition[][] _conditions; // by axis
    private readonly Dictionary<string, Condition[]> _fixed; // conditions of fixed parameters
    private readonly Condition[][] _forbidden; // combinations whose conditions must not all hold
    private readonly int[] _order; // each axis comes after the axes that its conditions name

    /// <summary>Creates the space of some parameters.</summary>
    /// <param name="parameters"> The parameters by name, in the order of the axes. The caller must ensure that each <see
    /// cref="SearchDimension.When"/> names values of a <see cref="ChoiceDimension"/> of this space, and that conditions form no cycle.
    /// </param>
    /// <param name="forbidden">
    /// Combinations that are no points of the space: each names parameters, as <see cref="SearchDimension.When"/> does, or fixed ones, with
    /// values that they must not have together. Null for none.
    /// </param>
    public SearchSpace(
        IReadOnlyDictionary<string, SearchDimension> parameters,
        IReadOnlyList<IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>>>? forbidden = null)
    {
        _parameters = parameters;
        var names = parameters.Where(parameter => parameter.Value is not FixedDimension).Select(parameter => parameter.Key).ToList();
        _scales = [.. names.Select(name => AxisScale.Of(parameters[name]))];
        Axes = [.. names.Select((name, i) => new SearchAxis(name, _scales[i]!.Kind, _scales[i]!.Levels))];
        _conditions = [.. names.Select(name => Conditions(parameters[name].When, names))];
        _fixed = parameters.Where(parameter => parameter.Value is FixedDimension)
            .ToDictionary(parameter => parameter.Key, parameter => Conditions(parameter.Value.When, names));
        _forbidden = [.. (forbidden ?? []).Where(IsPossible).Select(combination => Conditions(combination, names))];
        _order = Order();
    }

    /// <summary>The varying parameters, in the given order.</summary>
    public IReadOnlyList<SearchAxis> Axes { get; }

    /// <summary>True when at least one axis has a condition.</summary>
    public bool IsConditional => _conditions.Any(conditions => conditions.Length > 0);

    /// <summary>The nearest snapped point.</summary>
    /// <param name="coordinates">A coordinate for each axis; clamped to the interval from 0 to 1.</param>
    public double[] Snap(ReadOnlySpan<double> coordinates)
    {
        var point = new double[Axes.Count];
        foreach (var axis in _order)
            point[axis] = IsActive(point, axis) ? _scales[axis]!.Snap(Math.Clamp(coordinates[axis], 0, 1)) : Pinned;
        return point;
    }

    /// <summary>True when the axis has a condition.</summary>
    public bool IsConditionalAxis(int axis) => _conditions[axis].Length > 0;

    /// <summary>
    /// True when the axis is active at a snapped point: each parameter that its conditions name is active and has one of the listed values.
    /// </summary>
    public bool IsActive(ReadOnlySpan<double> point, int axis) => Hold(_conditions[axis], point);

    /// <summary>True when a snapped point is a forbidden combination. <see cref="Snap"/> may return such a point.</summary>
    public bool IsForbidden(ReadOnlySpan<double> point)
    {
        foreach (var combination in _forbidden)
            if (Hold(combination, point)) return true;
        return false;
    }

    /// <summary>The coordinate of a value of a discrete axis.</summary>
    /// <param name="axis">The index of the axis.</param>
    /// <param name="level">The index of the value, from 0.</param>
    public double CoordinateOf(int axis, long level) => _scales[axis]!.CoordinateOf(level);

    /// <summary>The index, from 0, of the value of a discrete axis at a coordinate.</summary>
    /// <param name="axis">The index of the axis.</param>
    /// <param name="coordinate">From 0 to 1.</param>
    public long LevelOf(int axis, double coordinate) => _scales[axis]!.LevelOf(coordinate);

    /// <summary>
    /// Decodes a snapped point: the values of active axes and of fixed parameters whose conditions hold, in the given order.
    /// </summary>
    /// <param name="point">A coordinate for each axis.</param>
    public Parameters Decode(ReadOnlySpan<double> point)
    {
        var values = new List<KeyValuePair<string, ParameterValue>>();
        var axis = 0;
        foreach (var (name, dimension) in _parameters)
        {
            if (dimension is FixedDimension only)
            {
                if (Hold(_fixed[name], point)) values.Add(KeyValuePair.Create(name, only.Value));
            }
            else
            {
                if (IsActive(point, axis)) values.Add(KeyValuePair.Create(name, _scales[axis]!.Value(point[axis])));
                axis++;
            }
        }

        return Parameters.From(values);
    }

    /// <summary>
    /// Encodes values as a snapped point. A missing value becomes the middle of its axis. Names that are not axes are ignored.
    /// </summary>
    /// <param name="settings">The values by name.</param>
    /// <returns>The point; null when a value lies outside the space.</returns>
    public double[]? Encode(Parameters settings)
    {
        var coordinates = new double[Axes.Count];
        for (var axis = 0; axis < coordinates.Length; axis++)
        {
            coordinates[axis] = Pinned;
            if (!settings.TryGetValue(Axes[axis].Name, out var value)) continue;
            if (_scales[axis]!.Coordinate(value) is not { } coordinate) return null;
            coordinates[axis] = coordinate;
        }

        return Snap(coordinates);
    }

    /// <summary>
    /// True when values can have come from this space: each name is a parameter of it, each value of an axis lies on the axis, and fixed
    /// parameters have their values. Whether they are a forbidden combination doesn't matter.
    /// </summary>
    public bool Contains(Parameters settings)
    {
        foreach (var (name, value) in settings)
        {
            if (!_parameters.TryGetValue(name, out var dimension)) return false;
            if (dimension is FixedDimension only && only.Value != value) return false;
        }

        return Encode(settings) is not null;
    }

    /// <summary>All snapped points without the forbidden ones; null when an axis is continuous. The last axis varies fastest.</summary>
    /// <remarks>
    /// The sequence is lazy, because a space may have more points than fit in memory. An axis varies faster than the axes that its
    /// conditions name.
    /// </remarks>
    public IEnumerable<double[]>? Points() => Axes.Any(axis => axis.Kind == AxisKind.Continuous)
        ? null : Walk(new double[Axes.Count], 0).Where(point => !IsForbidden(point));

    /// <summary>
    /// Counts the snapped points; null when an axis is continuous, or when there are more than <paramref name="atMost"/>.
    /// </summary>
    public int? Count(int atMost)
    {
        if (Points() is not { } points) return null;
        var count = points.Take(atMost).Count();
        return count < atMost || !points.Skip(atMost).Any() ? count : null;
    }

    /// <summary>A key for dictionaries. Two snapped points have equal keys exactly when they are equal.</summary>
    public static string Key(ReadOnlySpan<double> point) => Convert.ToHexString(MemoryMarshal.AsBytes(point));

    private bool Hold(Condition[] conditions, ReadOnlySpan<double> point)
    {
        foreach (var condition in conditions)
        {
            if (!IsActive(point, condition.Axis)) return false;
            if (!condition.Levels.Contains(_scales[condition.Axis]!.LevelOf(point[condition.Axis]))) return false;
        }

        return true;
    }

    private IEnumerable<double[]> Walk(double[] point, int depth)
    {
        if (depth == _order.Length)
        {
            yield return [.. point];
            yield break;
        }

        var axis = _order[depth];
        if (IsActive(point, axis))
        {
            for (long level = 0; level < Axes[axis].Levels; level++)
            {
                point[axis] = _scales[axis]!.CoordinateOf(level);
                foreach (var found in Walk(point, depth + 1)) yield return found;
            }
        }
        else
        {
            point[axis] = Pinned;
            foreach (var found in Walk(point, depth + 1)) yield return found;
        }
    }

    // A combination with another value than a fixed parameter has can't occur.
    private bool IsPossible(IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>> combination) =>
        combination.All(one => _parameters[one.Key] is not FixedDimension only || one.Value.Contains(only.Value));

    private Condition[] Conditions(IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>> conditions, List<string> names) =>
    [
        .. conditions.Where(when => names.Contains(when.Key)).Select(when =>
        {
            var parent = names.IndexOf(when.Key);
            var scale = _scales[parent]!;
            return new Condition(parent, [.. when.Value.Select(value => scale.LevelOf(scale.Coordinate(value)!.Value))]);
        }),
    ];

    private int[] Order()
    {
        var order = new List<int>();
        var left = Enumerable.Range(0, Axes.Count).ToList();
        while (left.Count > 0)
        {
            var next = left.First(axis => _conditions[axis].All(condition => order.Contains(condition.Axis)));
            order.Add(next);
            left.Remove(next);
        }

        return [.. order];
    }

    private sealed record Condition(int Axis, HashSet<long> Levels);
}
