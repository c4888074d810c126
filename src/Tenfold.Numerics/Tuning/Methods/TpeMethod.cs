using Tenfold.Numerics.Tuning.Forecasts;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>
/// The tree-structured Parzen estimator. It draws points from a density around the best trials, and suggests the point with the highest
/// ratio of that density to the density around all other trials. Its time is linear in the number of trials.
/// </summary>
/// <remarks>
/// <para>Source: Bergstra et al., "Algorithms for hyper-parameter optimization", NIPS 2011, section 4. The share of the best trials is that
/// of Optuna. Running, failed and pruned trials count among the others (a pessimistic constant liar), so that parallel trials spread.
/// </para>
/// <para>Unlike Optuna, this method uses joint kernels, weights that fall with the rank, narrower kernels around the best trials, draws
/// that combine several of them, draws on the ends of axes, and Sobol points at the start. Each scored better in <c>bench/tuning</c>.
/// </para>
/// </remarks>
internal sealed class TpeMethod : ISearchMethod
{
    private const int Startup = 10;
    private const int Candidates = 128;
    private const double Share = 0.1;
    private const int MaxBest = 25;

    // The exponent of the minimum bandwidth around the other trials; see BandwidthExponent.
    private const double OthersBandwidthExponent = 1;

    private readonly FinalForecasts _forecasts = new();
    private readonly SobolMethod _start = new();

    /// <inheritdoc/>
    public string Name => "tpe";

    /// <inheritdoc/>
    public Suggestion? Suggest(TuningHistory history)
    {
        history = _forecasts.Apply(history);
        if (history.Observations.Count < Startup) return _start.Suggest(history);
        var taken = new TakenPoints(history);
        var random = TakenPoints.RandomOf(history);
        var ended = history.Observations.Count + history.Pruned.Count;
        var best = history.Observations.Where(observation => !double.IsNaN(observation.Value))
            .OrderByDescending(observation => observation.Value).ThenBy(observation => observation.Trial)
            .Take((int)Math.Min(MaxBest, Math.Ceiling(Share * ended))).ToList();
        var numbers = best.Select(observation => observation.Trial).ToHashSet();
        var others = history.Observations.Where(observation => !numbers.Contains(observation.Trial))
            .OrderBy(observation => observation.Trial).Select(observation => observation.Point)
            .Concat(history.Pruned).Concat(history.Running).ToList();
        double[][] points = [.. best.Select(observation => observation.Point)];
        var good = new ParzenEstimator(history.Space, points, Weights(best.Count), BandwidthExponent(history.Space.Axes.Count));
        var bad = new ParzenEstimator(history.Space, others, [.. Enumerable.Repeat(1.0, others.Count)], OthersBandwidthExponent);
        var (chosen, highest) = ((double[]?)null, double.NegativeInfinity);
        for (var i = 0; i < Candidates; i++)
        {
            // Half of the draws combine good values axis by axis, which is faster when the axes act independently.
            var point = good.Draw(random, crossed: i % 2 == 1);
            if (taken.Contains(point)) continue;
            var score = good.LogDensity(point) - bad.LogDensity(point);
            if (score > highest) (chosen, highest) = (point, score);
        }

        if (chosen is not null) return new Suggestion(chosen, Name, new SuggestionReason.ResemblesBest(best.Count, ended));
        return taken.Draw(random) is { } other ? new Suggestion(other, Name, new SuggestionReason.PreferredPointsTaken()) : null;
    }

    // The exponent of the minimum bandwidth around the best trials. In few dimensions the bandwidth should shrink faster than the distances
    // between the best trials; in many dimensions it should not. Of the exponents from 1 to 2, about 1.7 was best in 2 dimensions, 1.4 in 6
    // and 1 in 10.
    private static double BandwidthExponent(int dimensions) => Math.Max(1, 2 - (0.1 * dimensions));

    // Weights by rank, as in Hansen, "The CMA evolution strategy: a tutorial", equation 49, normalised to a sum of n.
    private static double[] Weights(int n)
    {
        double[] weights = [.. Enumerable.Range(1, n).Select(rank => Math.Log(n + 1) - Math.Log(rank))];
        var sum = weights.Sum();
        return [.. weights.Select(weight => weight * n / sum)];
    }
}
