using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning;

/// <summary>
/// How much each axis of a space matters to a function on it: its shares of the function's variance over the whole space.
/// </summary>
/// <param name="Variance">The function's variance, when every coordinate is uniform; 0 when the function is flat.</param>
/// <param name="Axes">The shares, in the order of the space's axes; all 0 when the function is flat.</param>
/// <remarks>
/// <para>This is functional ANOVA of a model's mean (Hutter, Hoos and Leyton-Brown, "An efficient approach for assessing hyperparameter
/// importance", ICML 2014), by Monte Carlo. A share alone is the variance of the mean over a part of the axis, as a correlation ratio
/// without its bias: Kelley's ε² ("An unbiased correlation ratio measure", PNAS 21 (1935), 554–559). A total is Jansen's: Saltelli et al.,
/// "Variance based sensitivity analysis of model output", Computer Physics Communications 181 (2010), 259–270, table 2 (f).</para>
/// <para>Coordinates are independent before snapping, so an axis that is only in play under a condition is judged over the whole space:
/// where it is not in play it does nothing.</para>
/// </remarks>
public sealed record Importance(double Variance, IReadOnlyList<AxisImportance> Axes)
{
    private const int MostEvaluations = 16_384;
    private const int Parts = 32;
    private const double FlatBelow = 1e-24; // of the mean square: rounding

    /// <summary>Estimates the shares; deterministic.</summary>
    /// <param name="space">The space.</param>
    /// <param name="function">A finite value for each snapped point, such as a model's mean.</param>
    /// <param name="samples">How many points, at least 32; the function is called (axes + 2) times as often. Null: as many as make about
    /// 16,000 calls, at most 2,048.</param>
    public static Importance Of(SearchSpace space, Func<double[], double> function, int? samples = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(function);
        var axes = space.Axes.Count;
        var count = samples ?? Math.Clamp(MostEvaluations / (axes + 2), 128, 2048);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, Parts, nameof(samples));
        var points = LatinHypercube(count, 2 * axes);
        var first = points.Select(point => function(space.Snap(point.AsSpan(0, axes)))).ToArray();
        var second = points.Select(point => function(space.Snap(point.AsSpan(axes)))).ToArray();
        var mean = (first.Average() + second.Average()) / 2;
        var variance = first.Concat(second).Sum(value => (value - mean) * (value - mean)) / ((2 * count) - 1);
        var isFlat = !double.IsFinite(variance) || variance <= FlatBelow * mean * mean;
        return new(isFlat ? 0 : variance, [.. space.Axes.Select((axis, i) => isFlat ? new AxisImportance(axis.Name, 0, 0) : Shares(i))]);

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

    /// <summary>Which part of its axis a coordinate lies in: one of its values, or of 32 equal parts.</summary>
    private static long PartOf(SearchSpace space, int axis, double coordinate) =>
        space.Axes[axis].Levels is > 0 and <= Parts ? space.LevelOf(axis, coordinate) : (long)(coordinate * Parts);

    /// <summary>Kelley's ε²: 1 − (variance within the parts) / (variance of all).</summary>
    private static double CorrelationRatio((long Part, double Value)[] values, double mean)
    {
        var parts = values.GroupBy(one => one.Part, one => one.Value).Select(part => part.ToArray()).ToArray();
        var within = parts.Sum(SumOfSquares);
        var all = values.Sum(one => (one.Value - mean) * (one.Value - mean));
        return 1 - (within / (values.Length - parts.Length) / (all / (values.Length - 1)));
    }

    private static double SumOfSquares(double[] values)
    {
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean));
    }

    /// <summary>Points each of whose coordinates is spread evenly: in every of <paramref name="count"/> equal parts lies one.</summary>
    /// <remarks>Source: McKay, Beckman and Conover, "A comparison of three methods for selecting values of input variables", Technometrics
    /// 21 (1979).</remarks>
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

/// <summary>The shares of one axis.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Alone">What it explains by itself: the first-order index, from 0 to <paramref
/// name="Total"/>.</param>
/// <param name="Total">What it explains by itself and through interactions: the total index, up to 1. Totals may add up to more than
/// 1.</param>
public sealed record AxisImportance(string Name, double Alone, double Total);
