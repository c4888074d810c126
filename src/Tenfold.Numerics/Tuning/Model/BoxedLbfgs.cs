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
        var search = new WolfeSearch(objective, start, lower, upper);
        var free = new bool[start.Length];
        var pairs = new List<(double[] Step, double[] Change)>();
        if (!double.IsFinite(search.Value)) return (search.X, double.PositiveInfinity);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            if (search.FindFree(free) <= gradientTolerance) break;
            var slope = Direction(search.Gradient, free, pairs, search.Direction);
            var step = 1.0;
            if (slope >= 0 || pairs.Count == 0)
            {
                pairs.Clear();
                slope = Direction(search.Gradient, free, pairs, search.Direction);
                step = Math.Min(1, 1 / Math.Sqrt(-slope));
            }

            if (search.Find(step) is not { } nextValue)
            {
                // Stale curvature can give a useless direction. Retry once with the negative gradient.
                if (pairs.Count == 0) break;
                pairs.Clear();
                continue;
            }

            Remember(pairs, search.X, search.Next, search.Gradient, search.NextGradient);
            var gain = search.Value - nextValue;
            search.Move(nextValue);
            if (gain <= valueTolerance * Math.Max(1, Math.Abs(search.Value))) break;
        }

        return (search.X, search.Value);
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
