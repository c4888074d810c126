namespace Tenfold.Numerics.Tuning.Model;

/// <summary>The point of a minimisation within bounds, and the search for the next point along a direction.</summary>
/// <remarks>
/// Each step is projected onto the bounds. Source: Lewis and Overton, "Nonsmooth optimization via quasi-Newton methods", Math. Program. 141
/// (2013), section 3.
/// </remarks>
internal sealed class WolfeSearch
{
    private const int MaxTrialSteps = 30;

    private readonly BoxedLbfgs.Objective _objective;
    private readonly double[] _lower, _upper;

    /// <summary>Evaluates the function at the start.</summary>
    /// <param name="objective">The function.</param>
    /// <param name="start">Where to start; clamped to the bounds.</param>
    /// <param name="lower">The lower bounds.</param>
    /// <param name="upper">The upper bounds.</param>
    public WolfeSearch(BoxedLbfgs.Objective objective, ReadOnlySpan<double> start, double[] lower, double[] upper)
    {
        (_objective, _lower, _upper) = (objective, lower, upper);
        var n = start.Length;
        (X, Gradient, Next, NextGradient, Direction) = (new double[n], new double[n], new double[n], new double[n], new double[n]);
        for (var i = 0; i < n; i++) X[i] = Math.Clamp(start[i], lower[i], upper[i]);
        Value = objective(X, Gradient);
    }

    /// <summary>The point.</summary>
    public double[] X { get; private set; }

    /// <summary>The value at the point.</summary>
    public double Value { get; private set; }

    /// <summary>The gradient at the point.</summary>
    public double[] Gradient { get; private set; }

    /// <summary>The direction of the search, which the caller sets.</summary>
    public double[] Direction { get; }

    /// <summary>The point that the search has found.</summary>
    public double[] Next { get; private set; }

    /// <summary>The gradient at the point that the search has found.</summary>
    public double[] NextGradient { get; private set; }

    /// <summary>Finds the variables that the gradient does not push against their bound.</summary>
    /// <param name="free">Set to true for each of them.</param>
    /// <returns>The largest component of the projected gradient.</returns>
    public double FindFree(bool[] free)
    {
        var largest = 0.0;
        for (var i = 0; i < X.Length; i++)
        {
            free[i] = !((X[i] <= _lower[i] && Gradient[i] > 0) || (X[i] >= _upper[i] && Gradient[i] < 0));
            largest = Math.Max(largest, Math.Abs(Math.Clamp(X[i] - Gradient[i], _lower[i], _upper[i]) - X[i]));
        }

        return largest;
    }

    /// <summary>Finds a step that satisfies the weak Wolfe conditions: enough decrease, and a flatter slope.</summary>
    /// <param name="step">The first step to try.</param>
    /// <returns>The value at <see cref="Next"/>; null when there is no such step.</returns>
    public double? Find(double step)
    {
        var (low, high) = (0.0, double.PositiveInfinity);
        double[]? best = null;
        var (bestGradient, bestValue) = (Array.Empty<double>(), double.PositiveInfinity);
        for (var tries = 0; tries < MaxTrialSteps; tries++)
        {
            if (!TryStep(step, out var expected)) break;
            var found = _objective(Next, NextGradient);
            if (!(found <= Value + (1e-4 * expected)))
            {
                high = step;
                // The minimum of the parabola through the value and slope at the point and the value at the trial step.
                var bottom = double.IsFinite(found) ? -expected * step / (2 * (found - Value - expected)) : low;
                step = low == 0 ? Math.Clamp(bottom, 0.1 * step, 0.5 * step) : (low + high) / 2;
                if (best is not null) break;
                continue;
            }

            if (best is not null && found >= bestValue) break;
            (best, bestGradient, bestValue) = ([.. Next], [.. NextGradient], found);
            if (IsFlatEnough()) break;
            low = step;
            step = double.IsPositiveInfinity(high) ? 2 * step : (low + high) / 2;
        }

        if (best is null) return null;
        best.CopyTo(Next, 0);
        bestGradient.CopyTo(NextGradient, 0);
        return bestValue;
    }

    /// <summary>Makes <see cref="Next"/> the point.</summary>
    /// <param name="value">The value there.</param>
    public void Move(double value)
    {
        (X, Next, Gradient, NextGradient) = (Next, X, NextGradient, Gradient);
        Value = value;
    }

    // False when the bounds leave no room for a step. The expected change is that of a linear function.
    private bool TryStep(double step, out double expected)
    {
        var moved = false;
        expected = 0;
        for (var i = 0; i < X.Length; i++)
        {
            Next[i] = Math.Clamp(X[i] + (step * Direction[i]), _lower[i], _upper[i]);
            expected += Gradient[i] * (Next[i] - X[i]);
            moved |= Next[i] != X[i];
        }

        return moved;
    }

    // A larger step can't improve a variable that has reached its bound.
    private bool IsFlatEnough()
    {
        var (steepness, clipped) = (0.0, false);
        for (var i = 0; i < X.Length; i++)
        {
            var isAtBound = (Next[i] <= _lower[i] && Direction[i] < 0) || (Next[i] >= _upper[i] && Direction[i] > 0);
            clipped |= isAtBound;
            if (!isAtBound) steepness += NextGradient[i] * Direction[i];
        }

        return steepness >= 0.9 * VectorKernels.Dot(Gradient, Direction) || clipped;
    }
}
