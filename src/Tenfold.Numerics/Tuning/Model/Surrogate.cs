using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// A model of the objective over the whole space, fitted to a study's trials: a mixture of Gaussian processes, one for each likely level of
/// noise. Values are in the unit of the observations; larger is better.
/// </summary>
/// <remarks>Immutable, and a function of the observations alone, whatever their order. See <see cref="NoiseLevels"/>.</remarks>
public sealed class Surrogate
{
    // An exact model of more rows takes longer than a user who opens a report wants to wait.
    private const int MaxRows = 1000;

    private readonly IReadOnlyList<(Posterior Posterior, double Weight)> _levels;

    private Surrogate(IReadOnlyList<(Posterior, double)> levels) => _levels = levels;

    /// <summary>
    /// The length-scale of each axis at the most likely noise level, where the axis has length 1. The shorter, the more the axis matters.
    /// </summary>
    public IReadOnlyList<double> LengthScales => _levels.MaxBy(level => level.Weight).Posterior.Process.Parameters.LengthScales;

    /// <summary>The standard deviation of one run's noise, near the best values.</summary>
    public double NoiseStandardDeviation =>
        Math.Sqrt(_levels.Sum(level => level.Weight * level.Posterior.Process.Parameters.Noise)) * _levels[0].Posterior.Scale.Spread;

    /// <summary>Fits a model.</summary>
    /// <param name="space">The space.</param>
    /// <param name="observations">Trials that ended. A failed trial counts as the worst value of the others.</param>
    /// <remarks>Above a thousand points, a thousand are used: the best third, and others spread over the rest.</remarks>
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

        return new Surrogate([.. NoiseLevels.Of(embedding, rows, values, fit.Parameters).Select(level =>
            (new Posterior(GaussianProcess.Of(embedding, level.Parameters, rows, values), fit.Scale, values), level.Weight))]);
    }

    /// <summary>The predicted mean at a snapped point. Faster than <see cref="Predict"/>.</summary>
    public double Mean(ReadOnlySpan<double> point)
    {
        var mean = 0.0;
        foreach (var (posterior, weight) in _levels) mean += weight * posterior.Scale.Invert(posterior.Process.MeanAt(point));
        return mean;
    }

    /// <summary>The predicted mean and its standard deviation at a snapped point, without the noise of a run.</summary>
    public (double Mean, double StandardDeviation) Predict(ReadOnlySpan<double> point)
    {
        var (mean, within, square) = (0.0, 0.0, 0.0);
        // Relative to the scale's centre and spread: values may be far from zero and close together, or too large to square.
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

    /// <summary>The observation with the highest predicted mean, so that luck does not decide. The earliest trial wins a tie.</summary>
    /// <param name="observations">The observations to choose from; they need not be those that the model was fitted to.</param>
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
