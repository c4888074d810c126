using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning;

/// <summary>
/// How much each axis of a space matters to a function on that space: the axis' share of the function's variance.
/// </summary>
/// <param name="Variance">The variance of the function over uniform coordinates, in its squared unit; 0 for a constant function.</param>
/// <param name="Axes">The shares, in the order of the space's axes; all 0 for a constant function.</param>
/// <remarks>
/// <para>This is functional ANOVA by Monte Carlo (Hutter, Hoos and Leyton-Brown, "An efficient approach for assessing hyperparameter
/// importance", ICML 2014). <see cref="AxisImportance.Alone"/> is estimated as an unbiased correlation ratio over parts of the axis:
/// Kelley's ε² ("An unbiased correlation ratio measure", PNAS 21 (1935), 554–559). <see cref="AxisImportance.Total"/> is Jansen's
/// estimator: Saltelli et al., "Variance based sensitivity analysis of model output", Computer Physics Communications 181 (2010), 259–270,
/// table 2 (f).</para>
/// <para>Coordinates are independent before snapping. An axis with a condition is therefore judged over the whole space, and has no effect
/// where it is inactive.</para>
/// </remarks>
public sealed record Importance(double Variance, IReadOnlyList<AxisImportance> Axes)
{
    private const int MaxEvaluations = 16_384;
    private const int Parts = 32;
    private const double ConstantBelow = 1e-24; // relative to the squared mean: rounding error

    /// <summary>Estimates the shares. Equal arguments give equal results.</summary>
    /// <param name="space">The space.</param>
    /// <param name="function">A finite value for each snapped point, such as a model's mean.</param>
    /// <param name="samples">
    /// The number of sample points, at least 32. The function is called (axes + 2) times for each. Null: as many as need about 16,000
    /// calls, from 128 to 2,048.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 32 samples.</exception>
    public static Importance Of(SearchSpace space, Func<double[], double> function, int? samples = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(function);
        var axes = space.Axes.Count;
        var count = samples ?? Math.Clamp(MaxEvaluations / (axes + 2), 128, 2048);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, Parts, nameof(samples));
        var points = LatinHypercube(count, 2 * axes);
        var first = points.Select(point => function(space.Snap(point.AsSpan(0, axes)))).ToArray();
        var second = points.Select(point => function(space.Snap(point.AsSpan(axes)))).ToArray();
        var mean = (first.Average() + second.Average()) / 2;
        var variance = first.Concat(second).Sum(value => (value - mean) * (value - mean)) / ((2 * count) - 1);
        var isConstant = !double.IsFinite(variance) || variance <= ConstantBelow * mean * mean;
        return isConstant
            ? new(0, [.. space.Axes.Select(axis => new AxisImportance(axis.Name, 0, 0))])
            : new(variance, [.. space.Axes.Select((_, i) => Shares(i))]);

        AxisImportance Shares(int axis)
        {
            var total = 0.0;
            for (var i = 0; i < count; i++)
            {
                var mixed = points[i][..axes];
                mixed[axis] = points[i][axes + axis];
                var change = function(space.Snap(mixed)) - first[i];
                total += change * change / 2;
            }

            // Sampling error may put a share slightly outside its range.
            var whole = Math.Clamp(total / count / variance, 0, 1);
            var part = points.Select((point, i) => (Part: PartOf(space, axis, point[axis]), Value: first[i]))
                .Concat(points.Select((point, i) => (Part: PartOf(space, axis, point[axes + axis]), Value: second[i])));
            return new(space.Axes[axis].Name, Math.Clamp(CorrelationRatio([.. part], mean), 0, whole), whole);
        }
    }

    /// <summary>The part of an axis that a coordinate lies in: one of up to 32 values, or one of 32 equal parts.</summary>
    private static long PartOf(SearchSpace space, int axis, double coordinate) =>
        space.Axes[axis].Levels is > 0 and <= Parts ? space.LevelOf(axis, coordinate) : (long)(coordinate * Parts);

    /// <summary>Kelley's ε²: 1 − (variance within the parts) / (total variance).</summary>
    private static double CorrelationRatio((long Part, double Value)[] values, double mean)
    {
        var parts = values.GroupBy(sample => sample.Part, sample => sample.Value).Select(part => part.ToArray()).ToArray();
        var within = parts.Sum(SumOfSquares);
        var all = values.Sum(sample => (sample.Value - mean) * (sample.Value - mean));
        return 1 - (within / (values.Length - parts.Length) / (all / (values.Length - 1)));
    }

    private static double SumOfSquares(double[] values)
    {
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean));
    }

    /// <summary>A Latin hypercube sample: in each dimension, each of <paramref name="count"/> equal parts contains one point.</summary>
    /// <remarks>
    /// Source: McKay, Beckman and Conover, "A comparison of three methods for selecting values of input variables", Technometrics 21
    /// (1979).
    /// </remarks>
    private static double[][] LatinHypercube(int count, int dimensions)
    {
        var random = new SplitMix64(1);
        var points = Enumerable.Range(0, count).Select(_ => new double[dimensions]).ToArray();
        var part = new int[count];
        for (var dimension = 0; dimension < dimensions; dimension++)
        {
            for (var i = 0; i < count; i++) part[i] = i;
            for (var i = count - 1; i > 0; i--)
            {
                var other = random.Below(i + 1);
                (part[i], part[other]) = (part[other], part[i]);
            }

            for (var i = 0; i < count; i++) points[i][dimension] = (part[i] + random.NextDouble()) / count;
        }

        return points;
    }
}

/// <summary>One axis' shares of the variance.</summary>
/// <param name="Name">The name of the parameter.</param>
/// <param name="Alone">The share that the axis explains by itself: the first-order Sobol index, from 0 to <paramref name="Total"/>.</param>
/// <param name="Total">
/// The share that the axis explains by itself and through interactions: the total Sobol index, from 0 to 1. The totals of all axes may add
/// up to more than 1.
/// </param>
public sealed record AxisImportance(string Name, double Alone, double Total);
