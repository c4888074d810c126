namespace Tenfold.Numerics.Tuning.Model;

/// <summary>The posterior weight of each of several noise levels, with the hyper-parameters fitted at that level.</summary>
/// <remarks>
/// A few dozen values in several dimensions fit a rough function without noise about as well as a smooth one with much noise. The single
/// most likely fit then often has no noise, trusts the luckiest value completely, and is far too confident. So predictions are averaged
/// over the noise: the other hyper-parameters are fitted at each level, and the level's weight is its posterior density (the profile, as
/// an approximation of the integral; Rasmussen and Williams 2006, section 5.2).
/// </remarks>
internal static class NoiseLevels
{
    // With more rows the noise is well determined, and the fits would take seconds.
    private const int MaxRows = 200;
    private const int Steps = 20;
    private const double Negligible = 1e-3;

    // Noise variances for values of variance 1, with their prior probabilities. Training is noisy: the prior expects, four times in five, a
    // standard deviation between a tenth of the values' and all of it. A few values correct it when there is no noise.
    private static readonly (double Noise, double Prior)[] Levels =
        [(1e-6, 0.05), (1e-5, 0.05), (1e-4, 0.05), (1e-3, 0.05), (0.01, 0.15), (0.03, 0.15), (0.1, 0.2), (0.3, 0.2), (1, 0.1)];

    /// <summary>The levels with their weights, which sum to 1, from the lowest; those that weigh next to nothing are left out.</summary>
    /// <param name="embedding">The space's embedding.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="values">Their standardised values.</param>
    /// <param name="fitted">The most likely hyper-parameters: the only level when there are many rows.</param>
    public static IReadOnlyList<(HyperParameters Parameters, double Weight)> Of(
        Embedding embedding, IReadOnlyList<ModelRow> rows, double[] values, HyperParameters fitted)
    {
        if (rows.Count > MaxRows) return [(fitted, 1)];
        var likelihood = new MarginalLikelihood(embedding, rows, values);
        var found = new List<(HyperParameters Parameters, double Log)>();
        var start = fitted.ToLogarithms();
        foreach (var (level, prior) in Levels)
        {
            var noise = start[^1] = Math.Log(level);
            double[] lower = [.. likelihood.Lower[..^1], noise], upper = [.. likelihood.Upper[..^1], noise];
            var (at, value) = BoxedLbfgs.Minimise(likelihood.Evaluate, start, lower, upper, Steps, 1e-2, 1e-6);
            // The fit's own prior leans to little noise, which serves the search; here it gives way to the one above.
            if (!double.IsFinite(value)) continue;
            found.Add((HyperParameters.FromLogarithms(at), Math.Log(prior) + MarginalLikelihood.NoisePrior(level) - value));
            start = [.. at];
        }

        if (found.Count == 0) return [(fitted, 1)];
        var highest = found.Max(level => level.Log);
        var kept = found.Select(level => (level.Parameters, Weight: Math.Exp(level.Log - highest)))
            .Where(level => level.Weight > Negligible).ToList();
        var sum = kept.Sum(level => level.Weight);
        return [.. kept.Select(level => (level.Parameters, level.Weight / sum))];
    }
}
