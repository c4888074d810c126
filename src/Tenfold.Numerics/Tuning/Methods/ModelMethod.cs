using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>
/// A method that maximises an acquisition function of a Gaussian process. The first trials are points of the Sobol sequence.
/// </summary>
/// <param name="cache">Where posteriors come from; may be shared with other methods.</param>
internal abstract class ModelMethod(ModelCache cache) : ISearchMethod
{
    private const int MostPruned = 200; // each adds a row to the model
    private const int Near = 5; // how many of the best points to search around

    private readonly SobolMethod _sobol = new();

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public Suggestion? Suggest(TuningHistory history)
    {
        if (IsInitial(history) || cache.Of(history.Space, history.Observations) is not { } posterior) return _sobol.Suggest(history);
        return Suggest(history, posterior);
    }

    /// <inheritdoc/>
    public void Prepare(TuningHistory history)
    {
        if (!IsInitial(history)) cache.Prepare(history.Space, history.Observations);
    }

    /// <summary>
    /// True during the initial design, before the model is used: the first max(workers, 10, min(2 · axes, 25)) trials, minus those of
    /// earlier studies.
    /// </summary>
    public static bool IsInitial(TuningHistory history)
    {
        if (history.Space.Axes.Count == 0) return true;
        var size = Math.Max(Math.Max(history.Parallel, 10), Math.Min(2 * history.Space.Axes.Count, 25));
        return history.Number <= size - history.Observations.Count(observation => observation.Trial <= 0);
    }

    /// <summary>The suggestion that a posterior leads to.</summary>
    public Suggestion? Suggest(TuningHistory history, Posterior posterior)
    {
        var random = TakenPoints.RandomOf(history);
        var taken = new TakenPoints(history);
        posterior = posterior.Doubting([.. history.Pruned.TakeLast(MostPruned)]);
        var means = posterior.Process.MeansOfRows(posterior.Values);
        var order = Enumerable.Range(0, means.Length).OrderByDescending(i => means[i]).ThenBy(i => i).Take(Near);
        List<double[]> near = [.. order.Select(i => posterior.Process.Rows[i].Point)];
        var acquisition = Acquisition(history, posterior, random);
        var maximizer = new AcquisitionMaximizer(history.Space, random);
        if (maximizer.Maximise(acquisition, posterior.Process.Embedding, near, taken.Contains) is not { } point)
        {
            return taken.Draw(random) is { } other
                ? new Suggestion(other, Name, "a random point, because the promising ones were tried")
                : null;
        }

        return new Suggestion(point, Name, $"{Reason(posterior, acquisition, point)}; {Predicted(history, posterior, point)}");
    }

    /// <summary>The acquisition function.</summary>
    protected abstract IAcquisition Acquisition(TuningHistory history, Posterior posterior, SplitMix64 random);

    /// <summary>Why the point, in a few words.</summary>
    protected abstract string Reason(Posterior posterior, IAcquisition acquisition, double[] point);

    /// <summary>Mean ± standard deviation at a point, in the metric's own unit and direction.</summary>
    private static string Predicted(TuningHistory history, Posterior posterior, double[] point)
    {
        var (mean, variance) = posterior.Process.Predict(point);
        var value = posterior.Scale.Invert(mean) * (history.IsNegated ? -1 : 1);
        return $"predicted {value:G4} ± {posterior.Scale.Slope(mean) * Math.Sqrt(variance):G2}";
    }
}
