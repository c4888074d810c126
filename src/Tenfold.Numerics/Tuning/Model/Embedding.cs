using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// Embeds snapped points as vectors, so that a Euclidean distance expresses how different two points are on every kind of axis. One Matérn
/// kernel and its random features then work for every space.
/// </summary>
/// <remarks>
/// <para>An ordered axis becomes its coordinate. A category of k levels becomes one of the k corners of a simplex, so that two different
/// levels have distance 1 (Hamming distance).</para>
/// <para>A conditional axis also needs a place for inactive points. A category gets one more corner. An ordered axis becomes an arc of
/// radius 1 around the place of inactive points. The distance of two points is then 0 when the axis is inactive at both, 1 when it is
/// active at one, and nearly the difference of the coordinates when it is active at both (Swersky et al., "Raiders of the lost
/// architecture: kernels for Bayesian optimization in conditional parameter spaces", 2014).</para>
/// </remarks>
internal sealed class Embedding
{
    private readonly SearchSpace _space;
    private readonly int[] _first; // by axis: its first component
    private readonly Form[] _forms;

    /// <summary>Creates the embedding of a space.</summary>
    public Embedding(SearchSpace space)
    {
        _space = space;
        var axisOf = new List<int>();
        _first = new int[space.Axes.Count];
        _forms = new Form[space.Axes.Count];
        for (var axis = 0; axis < _first.Length; axis++)
        {
            _first[axis] = axisOf.Count;
            var conditional = space.IsConditionalAxis(axis);
            var levels = space.Axes[axis].Kind == AxisKind.Category ? (int)space.Axes[axis].Levels : 0;
            _forms[axis] = levels > 2 || (levels > 0 && conditional) ? Form.Corner : conditional ? Form.Arc : Form.Line;
            var size = _forms[axis] switch
            {
                Form.Corner => conditional ? levels + 1 : levels,
                Form.Arc => 2,
                _ => 1,
            };
            axisOf.AddRange(Enumerable.Repeat(axis, size));
        }

        AxisOf = [.. axisOf];
    }

    private enum Form
    {
        Line,
        Arc,
        Corner,
    }

    /// <summary>By component: the axis that it belongs to, whose length-scale it has.</summary>
    public int[] AxisOf { get; }

    /// <summary>The number of components of a vector.</summary>
    public int Size => AxisOf.Length;

    /// <summary>The number of axes.</summary>
    public int Axes => _first.Length;

    /// <summary>The space.</summary>
    public SearchSpace Space => _space;

    /// <summary>Embeds a snapped point.</summary>
    public double[] Embed(ReadOnlySpan<double> point)
    {
        var vector = new double[Size];
        Embed(point, vector);
        return vector;
    }

    /// <summary>Embeds a snapped point into a vector of <see cref="Size"/> components.</summary>
    public void Embed(ReadOnlySpan<double> point, Span<double> vector)
    {
        vector.Clear();
        for (var axis = 0; axis < _first.Length; axis++)
        {
            var at = _first[axis];
            switch (_forms[axis])
            {
                case Form.Line:
                    // The two levels of a category have distance 1, like any two levels of a larger category.
                    vector[at] = _space.Axes[axis].Kind == AxisKind.Category ? _space.LevelOf(axis, point[axis]) : point[axis];
                    break;
                case Form.Arc:
                    if (_space.IsActive(point, axis)) (vector[at], vector[at + 1]) = Math.SinCos(point[axis]);
                    break;
                case Form.Corner:
                    var corner = _space.IsActive(point, axis) ? (int)_space.LevelOf(axis, point[axis]) : (int)_space.Axes[axis].Levels;
                    vector[at + corner] = Math.Sqrt(0.5);
                    break;
            }
        }
    }

    /// <summary>The derivative by the coordinate of an active continuous axis, given the gradient by the vector's components.</summary>
    public double Derivative(ReadOnlySpan<double> point, int axis, ReadOnlySpan<double> gradient)
    {
        var at = _first[axis];
        if (_forms[axis] == Form.Line) return gradient[at];
        var (sine, cosine) = Math.SinCos(point[axis]);
        return (cosine * gradient[at]) - (sine * gradient[at + 1]);
    }
}
