using MathNet.Numerics;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

using Normal = MathNet.Numerics.Distributions.Normal;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>
/// A density on a space: a mixture of a kernel around each of some points, and of the uniform density. A kernel is a product over the axes:
/// Gaussian and cut off at the ends, or, on an axis without order, likely at its point's value and even elsewhere. Where its point has an
/// axis not in play, it is uniform.
/// </summary>
/// <remarks>
/// Sources: Bergstra et al., "Algorithms for hyper-parameter optimization", NIPS 2011, section 4; joint kernels as in Falkner et al.,
/// "BOHB", ICML 2018, section 3; the least bandwidths after Watanabe, "Tree-structured Parzen estimator: understanding its algorithm
/// components", arXiv 2304.11127, section 3.3.
/// </remarks>
internal sealed class ParzenEstimator
{
    // No kernel needs to be narrower than this; the best points themselves lie closer together.
    private const double LeastBandwidth = 0.005;

    // The share of draws beyond an end that are moved onto it, because optima often lie there.
    private const double AtTheEnd = 0.25;

    // The weight of the uniform density on an axis without order, in points.
    private const double Smoothing = 3;

    private readonly SearchSpace _space;
    private readonly IReadOnlyList<double[]> _points;
    private readonly double[] _logWeights; // by kernel, and the uniform density's at the end
    private readonly double[] _upTo; // cumulative weights, by kernel
    private readonly AxisKernels[] _axes;

    /// <summary>The density around some points.</summary>
    /// <param name="space">The space.</param>
    /// <param name="points">Snapped points; there may be none.</param>
    /// <param name="weights">The weight of each, beside that of the uniform density, which is 1.</param>
    /// <param name="exponent">Of the least bandwidth: (n + 1) to minus this.</param>
    public ParzenEstimator(SearchSpace space, IReadOnlyList<double[]> points, IReadOnlyList<double> weights, double exponent)
    {
        _space = space;
        _points = points;
        var total = weights.Sum() + 1;
        _logWeights = [.. weights.Append(1).Select(weight => Math.Log(weight / total))];
        _upTo = new double[points.Count];
        for (var (i, sum) = (0, 0.0); i < points.Count; i++) _upTo[i] = sum += weights[i] / total;
        _axes =
        [
            .. space.Axes.Select((axis, a) =>
                axis.Kind == AxisKind.Category ? Category(a, axis.Levels) : Gaussian(a, axis.Levels, exponent)),
        ];
    }

    /// <summary>The logarithm of the density at a snapped point, relative to the uniform one.</summary>
    public double LogDensity(double[] point)
    {
        double[] logs = [.. _logWeights];
        for (var a = 0; a < _axes.Length; a++)
        {
            if (!_space.IsActive(point, a)) continue;
            var (x, axis) = (point[a], _axes[a]);
            for (var i = 0; i < _points.Count; i++)
            {
                if (axis.Scales is null) logs[i] += x == axis.Means[i] ? axis.Logs[i] : axis.Misses![i];
                else
                {
                    var z = (x - axis.Means[i]) * axis.Scales[i];
                    logs[i] += axis.Logs[i] - (0.5 * z * z);
                }
            }
        }

        var max = logs.Max();
        var sum = 0.0;
        foreach (var log in logs) sum += Math.Exp(log - max);
        return max + Math.Log(sum);
    }

    /// <summary>Draws a snapped point.</summary>
    /// <param name="random">The generator.</param>
    /// <param name="crossed">True to draw each axis around a point of its own, as if the axes were independent.</param>
    public double[] Draw(SplitMix64 random, bool crossed = false)
    {
        var kernel = Pick(random);
        var point = new double[_axes.Length];
        for (var a = 0; a < point.Length; a++)
        {
            var axis = _axes[a];
            if (crossed) kernel = Pick(random);
            var u = random.NextDouble();
            point[a] = kernel < 0 || !_space.IsActive(_points[kernel], a) ? u
                : axis.Scales is { } scales ? Cut(axis.Means[kernel], scales[kernel], u, random.NextDouble() < AtTheEnd)
                : random.NextDouble() < _points.Count / (_points.Count + (axis.Levels * Smoothing)) ? axis.Means[kernel]
                : u;
        }

        return _space.Snap(point);
    }

    // The number of a kernel; -1 for the uniform density.
    private int Pick(SplitMix64 random)
    {
        var u = random.NextDouble();
        return Array.FindIndex(_upTo, upTo => u < upTo);
    }

    // Gaussian at a quantile, cut off at the ends, or to be put on them.
    private static double Cut(double mean, double scale, double quantile, bool atTheEnd)
    {
        var (low, high) = atTheEnd ? (0, 1) : (Normal.CDF(0, 1, -mean * scale), Normal.CDF(0, 1, (1 - mean) * scale));
        return mean + (Normal.InvCDF(0, 1, low + (quantile * (high - low))) / scale);
    }

    // Aitchison and Aitken 1976: a share is uniform, which falls with the number of points.
    private AxisKernels Category(int a, long levels)
    {
        var (own, other) = (_points.Count + Smoothing, Smoothing);
        var match = Math.Log(levels * own / (_points.Count + (levels * Smoothing)));
        var miss = Math.Log(levels * other / (_points.Count + (levels * Smoothing)));
        bool[] active = [.. _points.Select(point => _space.IsActive(point, a))];
        return new AxisKernels(
            levels, [.. _points.Select(point => point[a])], null,
            [.. active.Select(on => on ? match : 0)], [.. active.Select(on => on ? miss : 0)]);
    }

    // The bandwidth of each is the larger of the distances to its two neighbours; at the ends of the row, that to its only one.
    private AxisKernels Gaussian(int a, long levels, double exponent)
    {
        var means = _points.Select(point => point[a]).ToArray();
        var axis = new AxisKernels(levels, means, Scales: new double[means.Length], Logs: new double[means.Length], Misses: null);
        var row = Enumerable.Range(0, _points.Count).Where(i => _space.IsActive(_points[i], a)).OrderBy(i => axis.Means[i]).ToArray();
        var least = Math.Max(Math.Max(LeastBandwidth, Math.Pow(row.Length + 1, -exponent)), levels > 0 ? 0.5 / levels : 0);
        for (var r = 0; r < row.Length; r++)
        {
            var x = axis.Means[row[r]];
            var left = r > 0 ? x - axis.Means[row[r - 1]] : row.Length == 1 ? x : 0;
            var right = r < row.Length - 1 ? axis.Means[row[r + 1]] - x : row.Length == 1 ? 1 - x : 0;
            var bandwidth = Math.Clamp(Math.Max(left, right), least, 1);
            var mass = Normal.CDF(0, 1, (1 - x) / bandwidth) - Normal.CDF(0, 1, -x / bandwidth);
            axis.Scales![row[r]] = 1 / bandwidth;
            axis.Logs[row[r]] = -Math.Log(bandwidth * Constants.Sqrt2Pi * mass);
        }

        return axis;
    }

    /// <summary>One axis of every kernel; where a kernel's point has it not in play, its scale and logarithm are 0.</summary>
    /// <param name="Levels">How many values the axis has; 0 for any number.</param>
    /// <param name="Means">The point's coordinate.</param>
    /// <param name="Scales">One over the bandwidth; null on an axis without order.</param>
    /// <param name="Logs">The logarithm of the density at the point.</param>
    /// <param name="Misses">The logarithm of the density at other values; null on an axis with order.</param>
    private sealed record AxisKernels(long Levels, double[] Means, double[]? Scales, double[] Logs, double[]? Misses);
}
