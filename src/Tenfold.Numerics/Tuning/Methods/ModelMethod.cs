using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Forecasts;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>
/// Maximises an acquisition function of a Gaussian process. The first trials get points of the Sobol sequence.
/// </summary>
/// <param name="cache">Makes the posteriors; several methods may share it.</param>
internal abstract class ModelMethod(ModelCache cache) : ISearchMethod
{
    private const int MaxPruned = 200; // each adds a row to the model
    private const double ManyFailures = 0.3; // a share
    private const int BestPoints = 5; // how many of the best points to search around

    private readonly FinalForecasts _forecasts = new();
    private readonly SobolMethod _sobol = new();

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public Suggestion? Suggest(TuningHistory history)
    {
        history = _forecasts.Apply(history);
        if (IsInitial(history) || cache.Of(history.Space, history.Observations) is not { } posterior) return _sobol.Suggest(history);
        return Suggest(history, posterior);
    }

    /// <inheritdoc/>
    public void Prepare(TuningHistory history)
    {
        history = _forecasts.Apply(history);
        if (IsInitial(history)) return;
        cache.Prepare(history.Space, history.Observations);
        if (history.DurationWeight > 0) cache.Prepare(history.Space, history.Durations);
    }

    /// <summary>
    /// True during the initial design, which doesn't use the model: the first max(workers, 10, min(2 · axes, 25)) trials, minus the number
    /// of observations from earlier studies.
    /// </summary>
    public static bool IsInitial(TuningHistory history)
    {
        if (history.Space.Axes.Count == 0) return true;
        var size = Math.Max(Math.Max(history.Parallel, 10), Math.Min(2 * history.Space.Axes.Count, 25));
        return history.Number <= size - history.Observations.Count(observation => observation.Trial <= 0);
    }

    /// <summary>Chooses the next point with a posterior of the history.</summary>
    public Suggestion? Suggest(TuningHistory history, Posterior posterior)
    {
        var random = TakenPoints.RandomOf(history);
        var taken = new TakenPoints(history);
        posterior = posterior.WithPruned([.. history.Pruned.TakeLast(MaxPruned)]);
        var means = posterior.Process.MeansOfRows(posterior.Values);
        var order = Enumerable.Range(0, means.Length).OrderByDescending(i => means[i]).ThenBy(i => i).Take(BestPoints);
        List<double[]> near = [.. order.Select(i => posterior.Process.Rows[i].Point)];
        var acquisition = Acquisition(history, posterior, random);
        var maximizer = new AcquisitionMaximizer(history.Space, random);
        var maximised = posterior.Success is { } success
            ? new SuccessWeighted(acquisition, success, HasManyFailures(history)) : acquisition;
        if (IsImprovement && history.DurationWeight > 0 && cache.Of(history.Space, history.Durations) is { } durations)
            maximised = new DurationWeighted(maximised, durations, history.DurationWeight);
        if (maximizer.Maximise(maximised, posterior.Process.Embedding, near, taken.Contains) is not { } point)
        {
            return taken.Draw(random) is { } other ? new Suggestion(other, Name, new SuggestionReason.PreferredPointsTaken()) : null;
        }

        return new Suggestion(point, Name, Reason(posterior, acquisition, point, Predict(history, posterior, point)));
    }

    /// <summary>True when the acquisition is the logarithm of an expected improvement, which may be divided by a duration.</summary>
    protected virtual bool IsImprovement => false;

    /// <summary>The acquisition function to maximise.</summary>
    protected abstract IAcquisition Acquisition(TuningHistory history, Posterior posterior, SplitMix64 random);

    /// <summary>Why the method chose a point.</summary>
    protected abstract SuggestionReason Reason(Posterior posterior, IAcquisition acquisition, double[] point, Prediction predicted);

    private static bool HasManyFailures(TuningHistory history) =>
        history.Observations.Count(observation => double.IsNaN(observation.Value)) > ManyFailures * history.Observations.Count;

    private static Prediction Predict(TuningHistory history, Posterior posterior, double[] point)
    {
        var (mean, variance) = posterior.Process.Predict(point);
        var value = posterior.Scale.Invert(mean) * (history.IsNegated ? -1 : 1);
        return new Prediction(value, posterior.Scale.Slope(mean) * Math.Sqrt(variance));
    }
}
