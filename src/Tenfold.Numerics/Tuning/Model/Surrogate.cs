using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>What a study's trials say of the whole space, in the unit of the observations: Gaussian processes, one for each likely level of noise.</summary>
/// <remarks>A function of the observations alone, in whatever order they come. Immutable. See <see cref="NoiseLevels"/>.</remarks>
public sealed class Surrogate
{
    // An exact model of more rows takes longer than whoever looks at a study wants to wait.
    private const int MaxRows = 1000;

    private readonly IReadOnlyList<(Posterior Posterior, double Weight)> _levels;

    private Surrogate(IReadOnlyList<(Posterior, double)> levels) => _levels = levels;

    /// <summary>Of each axis: over what distance, its length being 1, values are alike. Short ones matter most. Of the likeliest level.</summary>
    public IReadOnlyList<double> LengthScales => _levels.MaxBy(level => level.Weight).Posterior.Process.Parameters.LengthScales;

    /// <summary>The standard deviation of one run's noise, where values are good.</summary>
    public double NoiseStandardDeviation =>
        Math.Sqrt(_levels.Sum(level => level.Weight * level.Posterior.Process.Parameters.Noise)) * _levels[0].Posterior.Scale.Spread;

    /// <summary>Fits one.</summary>
    /// <param name="space">The space.</param>
    /// <param name="observations">Trials that ended; failed ones count as the worst value of the others.</param>
    /// <remarks>Of more than a thousand points, a thousand stand for all: a third of them the best.</remarks>
    /// <returns>Null when there are fewer than 4, when their values are all the same, or when nothing varies.</returns>
    public static Surrogate? Fit(SearchSpace space, IReadOnlyList<Observation> observations)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(observations);
        if (observations.Count < FitSchedule.Least || space.Axes.Count == 0) return null;
        var embedding = new Embedding(space);
        var rows = ModelRow.Of(embedding, ModelRow.Sorted(observations));
        if (FittedModel.Of(embedding, rows) is not { } fit) return null;
        double[] values = [.. rows.Select(row => fit.Scale.Apply(row.Value))];
        if (rows.Count > MaxRows)
        {
            var chosen = HyperParameterFit.Chosen(values, MaxRows);
            (rows, values) = ([.. chosen.Select(i => rows[i])], [.. chosen.Select(i => values[i])]);
        }

        return new Surrogate([.. NoiseLevels.Of(embedding, rows, values, fit.Parameters)
            .Select(level => (new Posterior(GaussianProcess.Of(embedding, level.Parameters, rows, values), fit.Scale, values), level.Weight))]);
    }

    /// <summary>What is expected of a snapped point: the mean alone, which is quicker to have.</summary>
    public double Mean(ReadOnlySpan<double> point)
    {
        var mean = 0.0;
        foreach (var (posterior, weight) in _levels) mean += weight * posterior.Scale.Invert(posterior.Process.MeanAt(point));
        return mean;
    }

    /// <summary>What is expected of a snapped point, without a run's noise.</summary>
    public (double Mean, double StandardDeviation) Predict(ReadOnlySpan<double> point)
    {
        var (mean, within, square) = (0.0, 0.0, 0.0);
        // In the scale's own unit: values may lie far from zero and close together, or beyond what can be squared.
        var (origin, unit) = (_levels[0].Posterior.Scale.Center, _levels[0].Posterior.Scale.Spread);
        foreach (var (posterior, weight) in _levels)
        {
            var (scaled, variance) = posterior.Process.Predict(point);
            var (value, slope) = ((posterior.Scale.Invert(scaled) - origin) / unit, posterior.Scale.Slope(scaled) / unit);
            mean += weight * value;
            within += weight * slope * slope * variance;
            square += weight * value * value;
        }

        return (origin + (unit * mean), unit * Math.Sqrt(within + Math.Max(0, square - (mean * mean))));
    }

    /// <summary>The observation with the best expected value, of which luck has its share taken off; the earliest trial of equal ones.</summary>
    /// <param name="observations">Some of those that it was fitted to, or others.</param>
    /// <returns>Null when all failed.</returns>
    public Observation? Incumbent(IReadOnlyList<Observation> observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        Observation? best = null;
        var highest = double.NegativeInfinity;
        foreach (var observation in ModelRow.Sorted(observations))
        {
            if (!double.IsFinite(observation.Value)) continue;
            var mean = Mean(observation.Point);
            if (mean > highest) (best, highest) = (observation, mean);
        }

        return best;
    }
}
