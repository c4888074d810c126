namespace Tenfold.Numerics.Tuning.Model;

/// <summary>Minimises a smooth function of variables with bounds by a projected limited-memory BFGS method.</summary>
/// <remarks>
/// Sources: for the direction, Nocedal, "Updating quasi-Newton matrices with limited storage", Math. Comp. 35 (1980); for the bounds,
/// Bertsekas, "Projected Newton methods for optimization problems with simple constraints", SIAM J. Control Optim. 20 (1982); for the line
/// search, Lewis and Overton, "Nonsmooth optimization via quasi-Newton methods", Math. Program. 141 (2013), section 3. The direction leaves
/// out variables that the gradient pushes against their bound, and each step is projected onto the bounds.
/// </remarks>
internal static class BoxedLbfgs
{
    private const int Memory = 10;
    private const int MaxTrialSteps = 30; // in a line search

    /// <summary>A function to minimise. It fills in the gradient and returns the value; NaN counts as infinite.</summary>
    public delegate double Objective(ReadOnlySpan<double> x, Span<double> gradient);

    /// <summary>Searches for a local minimum from a start.</summary>
    /// <param name="objective">The function.</param>
    /// <param name="start">Where to start; clamped to the bounds.</param>
    /// <param name="lower">The lower bounds.</param>
    /// <param name="upper">The upper bounds.</param>
    /// <param name="iterations">The maximum number of line searches.</param>
    /// <param name="gradientTolerance">The search ends when no component of the projected gradient is larger than this.</param>
    /// <param name="valueTolerance">The search ends when a step gains less than this, relative to the value or to 1, whichever is
    /// larger.</param>
    /// <returns>The lowest point found, and its value: infinity when the function has no finite value at the start.</returns>
    public static (double[] X, double Value) Minimise(
        Objective objective,
        ReadOnlySpan<double> start,
        double[] lower,
        double[] upper,
        int iterations = 100,
        double gradientTolerance = 1e-6,
        double valueTolerance = 1e-10)
    {
        var n = start.Length;
        var x = new double[n];
        for (var i = 0; i < n; i++) x[i] = Math.Clamp(start[i], lower[i], upper[i]);
        var (gradient, direction, next, nextGradient) = (new double[n], new double[n], new double[n], new double[n]);
        var free = new bool[n];
        var pairs = new List<(double[] Step, double[] Change)>();
        var value = objective(x, gradient);
        if (!double.IsFinite(value)) return (x, double.PositiveInfinity);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            var largest = 0.0;
            for (var i = 0; i < n; i++)
            {
                free[i] = !((x[i] <= lower[i] && gradient[i] > 0) || (x[i] >= upper[i] && gradient[i] < 0));
                largest = Math.Max(largest, Math.Abs(Math.Clamp(x[i] - gradient[i], lower[i], upper[i]) - x[i]));
            }

            if (largest <= gradientTolerance) break;
            var slope = Direction(gradient, free, pairs, direction);
            var step = 1.0;
            if (slope >= 0 || pairs.Count == 0)
            {
                pairs.Clear();
                slope = Direction(gradient, free, pairs, direction);
                step = Math.Min(1, 1 / Math.Sqrt(-slope));
            }

            var nextValue = Search(step);
            if (nextValue is null)
            {
                // Stale curvature can give a useless direction. Retry once with the negative gradient.
                if (pairs.Count == 0) break;
                pairs.Clear();
                continue;
            }

            Remember(pairs, x, next, gradient, nextGradient);
            var gain = value - nextValue.Value;
            (x, next, gradient, nextGradient, value) = (next, x, nextGradient, gradient, nextValue.Value);
            if (gain <= valueTolerance * Math.Max(1, Math.Abs(value))) break;
        }

        return (x, value);

        // Finds a step that satisfies the weak Wolfe conditions: enough decrease, and a flatter slope. Null when there is none.
        double? Search(double step)
        {
            var (low, high) = (0.0, double.PositiveInfinity);
            double[]? best = null;
            var (bestGradient, bestValue) = (Array.Empty<double>(), double.PositiveInfinity);
            for (var tries = 0; tries < MaxTrialSteps; tries++)
            {
                var (expected, moved) = (0.0, false);
                for (var i = 0; i < n; i++)
                {
                    next[i] = Math.Clamp(x[i] + (step * direction[i]), lower[i], upper[i]);
                    expected += gradient[i] * (next[i] - x[i]);
                    moved |= next[i] != x[i];
                }

                if (!moved) break;
                var found = objective(next, nextGradient);
                if (!(found <= value + (1e-4 * expected)))
                {
                    high = step;
                    // The minimum of the parabola through the value and slope at x and the value at the trial step.
                    var bottom = double.IsFinite(found) ? -expected * step / (2 * (found - value - expected)) : low;
                    step = low == 0 ? Math.Clamp(bottom, 0.1 * step, 0.5 * step) : (low + high) / 2;
                    if (best is not null) break;
                    continue;
                }

                if (best is not null && found >= bestValue) break;
                (best, bestGradient, bestValue) = ([.. next], [.. nextGradient], found);
                var (steepness, clipped) = (0.0, false);
                for (var i = 0; i < n; i++)
                {
                    var isAtBound = (next[i] <= lower[i] && direction[i] < 0) || (next[i] >= upper[i] && direction[i] > 0);
                    clipped |= isAtBound;
                    if (!isAtBound) steepness += nextGradient[i] * direction[i];
                }

                if (steepness >= 0.9 * Slope() || clipped) break;
                low = step;
                step = double.IsPositiveInfinity(high) ? 2 * step : (low + high) / 2;
            }

            if (best is null) return null;
            best.CopyTo(next, 0);
            bestGradient.CopyTo(nextGradient, 0);
            return bestValue;
        }

        double Slope() => VectorKernels.Dot(gradient, direction);
    }

    /// <summary>Computes the quasi-Newton direction of the free variables by the two-loop recursion, and returns its slope.</summary>
    private static double Direction(double[] gradient, bool[] free, List<(double[] Step, double[] Change)> pairs, double[] direction)
    {
        for (var i = 0; i < direction.Length; i++) direction[i] = free[i] ? -gradient[i] : 0;
        Span<double> factors = stackalloc double[Memory];
        var scale = 0.0;
        for (var k = pairs.Count - 1; k >= 0; k--)
        {
            var (step, change) = pairs[k];
            var curvature = Dot(step, change, free);
            factors[k] = double.NaN;
            if (curvature <= 1e-12 * Dot(change, change, free)) continue;
            if (scale == 0) scale = curvature / Dot(change, change, free);
            factors[k] = Dot(step, direction, free) / curvature;
            for (var i = 0; i < direction.Length; i++)
                if (free[i]) direction[i] -= factors[k] * change[i];
        }

        if (scale > 0)
        {
            for (var i = 0; i < direction.Length; i++) direction[i] *= scale;
        }

        for (var k = 0; k < pairs.Count; k++)
        {
            if (double.IsNaN(factors[k])) continue;
            var (step, change) = pairs[k];
            var factor = factors[k] - (Dot(change, direction, free) / Dot(step, change, free));
            for (var i = 0; i < direction.Length; i++)
                if (free[i]) direction[i] += factor * step[i];
        }

        return Dot(gradient, direction, free);
    }

    private static void Remember(
        List<(double[] Step, double[] Change)> pairs, double[] x, double[] next, double[] gradient, double[] nextGradient)
    {
        var (step, change) = (new double[x.Length], new double[x.Length]);
        for (var i = 0; i < x.Length; i++) (step[i], change[i]) = (next[i] - x[i], nextGradient[i] - gradient[i]);
        if (VectorKernels.Dot(step, change) <= 1e-12 * VectorKernels.Dot(change, change)) return;
        if (pairs.Count == Memory) pairs.RemoveAt(0);
        pairs.Add((step, change));
    }

    private static double Dot(double[] a, double[] b, bool[] free)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            if (free[i]) sum += a[i] * b[i];
        return sum;
    }
}
