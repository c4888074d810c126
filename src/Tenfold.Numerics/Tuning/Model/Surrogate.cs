using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// A model of the objective over the whole space, fitted to the trials of a study. It is a mixture of Gaussian processes, one for each
/// likely noise level. Values are in the unit of the observations; larger is better.
/// </summary>
/// <remarks>
/// <para>Immutable. It depends on the observations and not on their order.</para>
/// <para>Sources: Rasmussen and Williams, "Gaussian processes for machine learning", 2006, algorithm 2.1 for the posterior, equation 4.17
/// for the Matérn-5/2 kernel, equations 5.8 and 5.9 for the fit, and section 5.2 for the average over noise levels.</para>
/// </remarks>
public sealed class Surrogate
{
    // An exact model of more rows would take too long for a user who waits for a report.
    private const int MaxRows = 1000;

    // The length-scales and the scale are the likeliest ones, which makes predictions from few values too sure, most of all at the point
    // that was chosen for its prediction. So deviations are wider by this share for each fitted number, divided by the count of values.
    // Simulations of 20 objectives with 30 trials chose it; bench/statistics says how often two deviations hold the true value.
    private const double FittedAway = 1.75;

    private readonly IReadOnlyList<(Posterior Posterior, double Weight)> _levels;
    private readonly double _widening;

    private Surrogate(IReadOnlyList<(Posterior Posterior, double)> levels, int values) =>
        (_levels, _widening) = (levels, 1 + FittedAway * (levels[0].Posterior.Process.Parameters.LengthScales.Length + 2) / values);

    /// <summary>
    /// The length-scale of each axis at the most likely noise level, in the order of the axes. An axis has length 1. The objective varies
    /// faster along an axis with a short length-scale.
    /// </summary>
    public IReadOnlyList<double> LengthScales => _levels.MaxBy(level => level.Weight).Posterior.Process.Parameters.LengthScales;

    /// <summary>The standard deviation of one run's noise near the best values, in the unit of the observations.</summary>
    public double NoiseStandardDeviation =>
        Math.Sqrt(_levels.Sum(level => level.Weight * level.Posterior.Process.Parameters.Noise)) * _levels[0].Posterior.Scale.Spread;

    /// <summary>Fits a model.</summary>
    /// <param name="space">The space.</param>
    /// <param name="observations">Completed and failed trials. Failed trials don't count.</param>
    /// <returns>
    /// The model; null when there are fewer than 4 values, when all their values are equal, or when the space has no axis.
    /// </returns>
    /// <remarks>With more than 1,000 distinct points, the model uses 1,000: the best third, and others spread over the rest.</remarks>
    public static Surrogate? Fit(SearchSpace space, IReadOnlyList<Observation> observations)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(observations);
        if (observations.Count(one => double.IsFinite(one.Value)) < FitSchedule.MinObservations || space.Axes.Count == 0) return null;
        var embedding = new Embedding(space);
        var rows = ModelRow.Of(embedding, ModelRow.Sorted(observations));
        if (FittedModel.Of(embedding, rows) is not { } fit) return null;
        var scaled = fit.Scale.Scaled(rows);
        double[] values = [.. rows.Select(row => fit.Scale.Apply(row.Value))];
        if (rows.Count > MaxRows)
        {
            var chosen = HyperParameterFit.Subset(values, MaxRows);
            (scaled, values) = ([.. chosen.Select(i => scaled[i])], [.. chosen.Select(i => values[i])]);
        }

        var levels = NoiseLevels.Of(embedding, scaled, values, fit.Parameters);
        return new Surrogate(
            [.. levels.Select(level => (PosteriorOf(level.Parameters), level.Weight))],
            observations.Where(one => double.IsFinite(one.Value) && one.Variance == 0).Sum(one => one.Count));

        Posterior PosteriorOf(HyperParameters parameters) =>
            new(GaussianProcess.Of(embedding, parameters, scaled, values), fit.Scale, values);
    }

    /// <summary>
    /// The predicted mean of runs at a snapped point, in the unit of the observations. Faster than <see cref="Predict"/>.
    /// </summary>
    /// <param name="point">A coordinate for each axis.</param>
    public double Mean(ReadOnlySpan<double> point)
    {
        var mean = 0.0;
        foreach (var (posterior, weight) in _levels) mean += weight * ValueOf(posterior, posterior.Process.MeanAt(point)).Value;
        return mean;
    }

    /// <summary>
    /// The predicted mean of runs at a snapped point and its standard deviation, without the noise of a single run, in the unit of the
    /// observations. The deviation allows for a model that was fitted to few values.
    /// </summary>
    /// <param name="point">A coordinate for each axis.</param>
    public (double Mean, double StandardDeviation) Predict(ReadOnlySpan<double> point)
    {
        var (mean, within, square) = (0.0, 0.0, 0.0);
        // Sums are relative to the centre and spread, because values may be close together and far from zero, or too large to square.
        var (origin, unit) = (_levels[0].Posterior.Scale.Center, _levels[0].Posterior.Scale.Spread);
        foreach (var (posterior, weight) in _levels)
        {
            var (scaled, variance) = posterior.Process.Predict(point);
            var (value, slope) = ValueOf(posterior, scaled);
            (value, slope) = ((value - origin) / unit, slope / unit);
            mean += weight * value;
            within += weight * slope * slope * variance;
            square += weight * value * value;
        }

        return (origin + (unit * mean), _widening * unit * Math.Sqrt(within + Math.Max(0, square - (mean * mean))));
    }

    /// <summary>
    /// The observation with the highest predicted mean, which depends less on luck than the highest value. The earliest trial wins a tie.
    /// </summary>
    /// <param name="observations">The observations to choose from; they may differ from those of the fit.</param>
    /// <returns>The observation; null when all failed.</returns>
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

    private static (double Value, double Slope) ValueOf(Posterior posterior, double scaled) =>
        posterior.Scale.InvertMean(scaled, posterior.Process.Parameters.Noise);
}
