namespace Tenfold.Numerics.Tuning.Model;

/// <summary>Averages over the noise: the posterior weights of several noise levels, each with its fitted hyper-parameters.</summary>
/// <remarks>
/// A few dozen values in several dimensions fit a rough function without noise about as well as a smooth function with much noise. The most
/// likely fit then often has no noise, trusts the luckiest value completely, and is far too confident. So predictions average over the
/// noise. The other hyper-parameters are fitted at each noise level, and the weight of a level is its posterior density. This profile
/// approximates the integral over all hyper-parameters (Rasmussen and Williams, "Gaussian processes for machine learning", 2006, section
/// 5.2).
/// </remarks>
internal static class NoiseLevels
{
    // With more rows the noise is well determined, and fitting every level would take seconds.
    private const int MaxRows = 200;
    private const int Iterations = 20;
    private const double NegligibleWeight = 1e-3; // relative to the largest

    // Noise variances for values of variance 1, with their prior probabilities. Training is noisy: with probability 0.8 the prior expects a
    // noise of at least a tenth of the values' standard deviation. A few values are enough to correct it when there is no noise.
    private static readonly (double Noise, double Prior)[] Levels =
        [(1e-6, 0.05), (1e-5, 0.05), (1e-4, 0.05), (1e-3, 0.05), (0.01, 0.15), (0.03, 0.15), (0.1, 0.2), (0.3, 0.2), (1, 0.1)];

    /// <summary>The noise levels in ascending order. Their weights sum to 1; levels of negligible weight are left out.</summary>
    /// <param name="embedding">The embedding of the space.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="values">The standardised value of each row.</param>
    /// <param name="fitted">The most likely hyper-parameters; the only level when there are many rows.</param>
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
            var (at, value) = BoxedLbfgs.Minimise(likelihood.Evaluate, start, lower, upper, Iterations, 1e-2, 1e-6);
            // The likelihood includes the fit's prior. Replace it by the prior above.
            if (!double.IsFinite(value)) continue;
            found.Add((HyperParameters.FromLogarithms(at), Math.Log(prior) + MarginalLikelihood.NoisePrior(level) - value));
            start = [.. at];
        }

        if (found.Count == 0) return [(fitted, 1)];
        var highest = found.Max(level => level.Log);
        var kept = found.Select(level => (level.Parameters, Weight: Math.Exp(level.Log - highest)))
            .Where(level => level.Weight > NegligibleWeight).ToList();
        var sum = kept.Sum(level => level.Weight);
        return [.. kept.Select(level => (level.Parameters, level.Weight / sum))];
    }
}
