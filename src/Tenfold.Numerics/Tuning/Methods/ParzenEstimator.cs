using MathNet.Numerics;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

using Normal = MathNet.Numerics.Distributions.Normal;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>
/// A density on a space: a mixture of the uniform density and of a kernel around each given point. A kernel is a product over the axes. On
/// an ordered axis it is a Gaussian truncated at the ends; on an axis without order it favours the value of its point, and is uniform over
/// the other values. It is uniform on an axis that is inactive at its point.
/// </summary>
/// <remarks>
/// Sources: Bergstra et al., "Algorithms for hyper-parameter optimization", NIPS 2011, section 4; joint kernels as in Falkner et al.,
/// "BOHB", ICML 2018, section 3; the minimum bandwidths follow Watanabe, "Tree-structured Parzen estimator: understanding its algorithm
/// components", arXiv 2304.11127, section 3.3.
/// </remarks>
internal sealed class ParzenEstimator
{
    // Narrower kernels don't help: the best points lie closer together than this.
    private const double MinBandwidth = 0.005;

    // The share of draws that are clamped to the ends rather than truncated, because optima often lie on an end.
    private const double ClampedShare = 0.25;

    // The weight of the uniform density on an axis without order, in units of one point.
    private const double Smoothing = 3;

    private readonly SearchSpace _space;
    private readonly IReadOnlyList<double[]> _points;
    private readonly double[] _logWeights; // by kernel; the last is the uniform density's
    private readonly double[] _cumulative; // weights, by kernel
    private readonly AxisKernels[] _axes;

    /// <summary>Creates the density around some points.</summary>
    /// <param name="space">The space.</param>
    /// <param name="points">Snapped points; may be empty.</param>
    /// <param name="weights">The weight of each point. The uniform density has weight 1.</param>
    /// <param name="exponent">The exponent e of the minimum bandwidth, (n + 1)^−e for n points.</param>
    public ParzenEstimator(SearchSpace space, IReadOnlyList<double[]> points, IReadOnlyList<double> weights, double exponent)
    {
        _space = space;
        _points = points;
        var total = weights.Sum() + 1;
        _logWeights = [.. weights.Append(1).Select(weight => Math.Log(weight / total))];
        _cumulative = new double[points.Count];
        for (var (i, sum) = (0, 0.0); i < points.Count; i++) _cumulative[i] = sum += weights[i] / total;
        _axes =
        [
            .. space.Axes.Select((axis, a) =>
                axis.Kind == AxisKind.Category ? Category(a, axis.Levels) : Gaussian(a, axis.Levels, exponent)),
        ];
    }

    /// <summary>The logarithm of the density at a snapped point, relative to the uniform density.</summary>
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
    /// <param name="crossed">True to draw each axis around a different point, as if the axes were independent.</param>
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
                : axis.Scales is { } scales ? Quantile(axis.Means[kernel], scales[kernel], u, random.NextDouble() < ClampedShare)
                : random.NextDouble() < _points.Count / (_points.Count + (axis.Levels * Smoothing)) ? axis.Means[kernel]
                : u;
        }

        return _space.Snap(point);
    }

    // Picks a kernel by its weight; -1 means the uniform density.
    private int Pick(SplitMix64 random)
    {
        var u = random.NextDouble();
        return Array.FindIndex(_cumulative, weight => u < weight);
    }

    // The quantile of a Gaussian that is truncated at the ends, or that Snap will clamp to them.
    private static double Quantile(double mean, double scale, double quantile, bool clamped)
    {
        var (low, high) = clamped ? (0, 1) : (Normal.CDF(0, 1, -mean * scale), Normal.CDF(0, 1, (1 - mean) * scale));
        return mean + (Normal.InvCDF(0, 1, low + (quantile * (high - low))) / scale);
    }

    // Aitchison and Aitken 1976. The uniform share falls with the number of points.
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

    // The bandwidth of a kernel is the larger distance to its two neighbours; an outermost kernel has only one neighbour.
    private AxisKernels Gaussian(int a, long levels, double exponent)
    {
        var means = _points.Select(point => point[a]).ToArray();
        var axis = new AxisKernels(levels, means, Scales: new double[means.Length], Logs: new double[means.Length], Misses: null);
        var row = Enumerable.Range(0, _points.Count).Where(i => _space.IsActive(_points[i], a)).OrderBy(i => axis.Means[i]).ToArray();
        var minimum = Math.Max(Math.Max(MinBandwidth, Math.Pow(row.Length + 1, -exponent)), levels > 0 ? 0.5 / levels : 0);
        for (var r = 0; r < row.Length; r++)
        {
            var x = axis.Means[row[r]];
            var left = r > 0 ? x - axis.Means[row[r - 1]] : row.Length == 1 ? x : 0;
            var right = r < row.Length - 1 ? axis.Means[row[r + 1]] - x : row.Length == 1 ? 1 - x : 0;
            var bandwidth = Math.Clamp(Math.Max(left, right), minimum, 1);
            var mass = Normal.CDF(0, 1, (1 - x) / bandwidth) - Normal.CDF(0, 1, -x / bandwidth);
            axis.Scales![row[r]] = 1 / bandwidth;
            axis.Logs[row[r]] = -Math.Log(bandwidth * Constants.Sqrt2Pi * mass);
        }

        return axis;
    }

    /// <summary>One axis of every kernel. Scale and logarithm are 0 for a kernel whose point has the axis inactive.</summary>
    /// <param name="Levels">The number of values of the axis; 0 for a continuous axis.</param>
    /// <param name="Means">The coordinate of the kernel's point.</param>
    /// <param name="Scales">1 / bandwidth; null on an axis without order.</param>
    /// <param name="Logs">The logarithm of the density at the kernel's point.</param>
    /// <param name="Misses">The logarithm of the density at other values; null on an axis with order.</param>
    private sealed record AxisKernels(long Levels, double[] Means, double[]? Scales, double[] Logs, double[]? Misses);
}
