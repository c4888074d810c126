using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// Snapped points as vectors whose Euclidean distances are those that the kernel wants, axis by axis, so that one Matérn kernel, and its
/// random features, serve every kind of space.
/// </summary>
/// <remarks>
/// A numeric axis is its coordinate. A category of k levels is one of k corners of a simplex, so that two different levels have distance 1
/// (Hamming). Of an axis that is not always in play the levels get one more corner, and numbers lie on an arc of radius 1 about the place
/// of those not in play: 0 when neither point has it, 1 when one has, nearly the difference when both do (Swersky et al., "Raiders of the
/// lost architecture: kernels for Bayesian optimization in conditional parameter spaces", 2014).
/// </remarks>
internal sealed class Embedding
{
    private readonly SearchSpace _space;
    private readonly int[] _first; // by axis: its first dimension
    private readonly Form[] _forms;

    /// <summary>The embedding of a space.</summary>
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

    /// <summary>By dimension: the axis whose length-scale it has.</summary>
    public int[] AxisOf { get; }

    /// <summary>The number of dimensions.</summary>
    public int Size => AxisOf.Length;

    /// <summary>The number of axes.</summary>
    public int Axes => _first.Length;

    /// <summary>The space.</summary>
    public SearchSpace Space => _space;

    /// <summary>The vector of a snapped point.</summary>
    public double[] Embed(ReadOnlySpan<double> point)
    {
        var vector = new double[Size];
        Embed(point, vector);
        return vector;
    }

    /// <summary>The vector of a snapped point.</summary>
    public void Embed(ReadOnlySpan<double> point, Span<double> vector)
    {
        vector.Clear();
        for (var axis = 0; axis < _first.Length; axis++)
        {
            var at = _first[axis];
            switch (_forms[axis])
            {
                case Form.Line:
                    // Two levels are as far from each other as any two of more.
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

    /// <summary>The derivative by the coordinate of a continuous axis in play, from the derivatives by the vector's components.</summary>
    public double Derivative(ReadOnlySpan<double> point, int axis, ReadOnlySpan<double> gradient)
    {
        var at = _first[axis];
        if (_forms[axis] == Form.Line) return gradient[at];
        var (sine, cosine) = Math.SinCos(point[axis]);
        return (cosine * gradient[at]) - (sine * gradient[at + 1]);
    }
}
