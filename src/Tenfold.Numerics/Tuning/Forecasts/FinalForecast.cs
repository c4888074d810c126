using Tenfold.Numerics.Tuning.Model;
using Tenfold.Numerics.Tuning.Spaces;

using StudentT = MathNet.Numerics.Distributions.StudentT;

namespace Tenfold.Numerics.Tuning.Forecasts;

/// <summary>
/// Forecasts a trial's final value from its value at an earlier step, by the trials that completed. For each step there is a linear
/// regression of the final value on the early value, plus a Gaussian process over the space for what the line leaves over: a large network,
/// for example, may learn more slowly than a small one with the same final value.
/// </summary>
/// <remarks>
/// <para>Trials are pruned by their early value, which is a regressor. So the trials that completed are no biased sample for the
/// regression, although they are a biased sample of all trials.</para>
/// <para>Source: Kennedy and O'Hagan, "Predicting the output from a complex computer code when fast approximations are available",
/// Biometrika 87 (2000), equation 1: an autoregressive model of one level of fidelity on the level below.</para>
/// </remarks>
public sealed class FinalForecast
{
    /// <summary>How many completed trials with a value at a step a forecast needs.</summary>
    public const int Fewest = 5;

    private readonly Dictionary<long, StepForecast> _steps;
    private readonly double _best, _freedom;

    // Two degrees of freedom go to the line, and one to the process.
    private FinalForecast(Dictionary<long, StepForecast> steps, double best, int count) =>
        (_steps, _best, _freedom) = (steps, best, Math.Max(1, count - 3));

    /// <summary>Fits the forecasts.</summary>
    /// <param name="space">The space.</param>
    /// <param name="observations">The results of completed trials; others don't count.</param>
    /// <param name="early">The early values of these trials, and of any other trials.</param>
    /// <returns>The forecasts; null when there are too few trials for any step.</returns>
    public static FinalForecast? Of(SearchSpace space, IReadOnlyList<Observation> observations, IReadOnlyList<EarlyValues> early)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(early);
        var completed = observations.Where(one => double.IsFinite(one.Value) && one.Variance == 0).ToList();
        var byTrial = early.ToDictionary(one => one.Trial);
        var pairs = completed.OrderBy(one => one.Trial)
            .Where(one => byTrial.ContainsKey(one.Trial))
            .SelectMany(
                one => byTrial[one.Trial].Values.Where(value => double.IsFinite(value.Value)), (one, value) => (Final: one, Early: value))
            .GroupBy(pair => pair.Early.Step, pair => new RungPair(pair.Final.Point, pair.Early.Value, pair.Final.Value));
        var embedding = new Embedding(space);
        var steps = new Dictionary<long, StepForecast>();
        foreach (var step in pairs)
            if (step.Count() >= Fewest && StepForecast.Of(embedding, [.. step]) is { } forecast) steps.Add(step.Key, forecast);
        return steps.Count == 0 ? null : new FinalForecast(steps, completed.Max(one => one.Value), completed.Count);
    }

    /// <summary>The final value to expect of a trial, with its variance, that of a run's noise included.</summary>
    /// <param name="point">The trial's snapped point.</param>
    /// <param name="step">The step.</param>
    /// <param name="value">The trial's value at the step; larger is better.</param>
    /// <returns>Null when too few trials with a value at this step have completed, or when the value is not finite.</returns>
    public (double Mean, double Variance)? Predict(double[] point, long step, double value) =>
        double.IsFinite(value) && _steps.TryGetValue(step, out var forecast) ? forecast.Predict(point, value) : null;

    /// <summary>
    /// The probability that a trial ends with a better value than the best completed trial and than each of its rivals, as far as they are
    /// told apart in pairs: the smallest of these probabilities.
    /// </summary>
    /// <param name="own">The trial's forecast.</param>
    /// <param name="rivals">The forecasts of other running trials.</param>
    public double ChanceToLead((double Mean, double Variance) own, IEnumerable<(double Mean, double Variance)> rivals) =>
        rivals.Append((_best, 0)).Min(rival => Chance(own.Mean - rival.Item1, own.Variance + rival.Item2));

    private double Chance(double lead, double variance) =>
        variance > 0 ? StudentT.CDF(0, 1, _freedom, lead / Math.Sqrt(variance)) : lead >= 0 ? 1 : 0;
}

/// <summary>A completed trial's value at a step, and its final value.</summary>
internal sealed record RungPair(double[] Point, double Early, double Final);
