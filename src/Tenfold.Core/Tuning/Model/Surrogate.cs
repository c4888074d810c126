namespace Tenfold.Core.Tuning.Model;

/// <summary>
/// What a study's trials say of the whole space: the Gaussian process that the methods use, in the unit of the observations.
/// </summary>
/// <remarks>A function of the observations alone, in whatever order they come. Immutable.</remarks>
public sealed class Surrogate
{
    private readonly Posterior _posterior;

    private Surrogate(Posterior posterior) => _posterior = posterior;

    /// <summary>Of each axis: over what distance, its length being 1, values are alike. Short ones matter most.</summary>
    public IReadOnlyList<double> LengthScales => _posterior.Process.Parameters.LengthScales;

    /// <summary>The standard deviation of one run's noise, where values are good.</summary>
    public double NoiseStandardDeviation => Math.Sqrt(_posterior.Process.Parameters.Noise) * _posterior.Scale.Spread;

    /// <summary>Fits one.</summary>
    /// <param name="space">The space.</param>
    /// <param name="observations">Trials that ended; failed ones count as the worst value of the others.</param>
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
        return new Surrogate(new Posterior(GaussianProcess.Of(embedding, fit.Parameters, rows, values), fit.Scale, values));
    }

    /// <summary>What is expected of a snapped point, without a run's noise.</summary>
    public (double Mean, double StandardDeviation) Predict(ReadOnlySpan<double> point)
    {
        var (mean, variance) = _posterior.Process.Predict(point);
        return (_posterior.Scale.Invert(mean), _posterior.Scale.Slope(mean) * Math.Sqrt(variance));
    }

    /// <summary>
    /// The observation with the best expected value, of which luck has its share taken off; the earliest trial of equal ones.
    /// </summary>
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
            var mean = _posterior.Process.MeanAt(observation.Point);
            if (mean > highest) (best, highest) = (observation, mean);
        }

        return best;
    }
}
