using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>
/// Maximises the log expected improvement. Running trials count as observed at their predicted values (kriging believer).
/// </summary>
/// <remarks>
/// Sources: <see cref="LogExpectedImprovement"/>; Ginsbourger et al., "Kriging is well-suited to parallelize optimization", 2010, for the
/// kriging believer.
/// </remarks>
/// <param name="cache">Makes the posteriors.</param>
internal sealed class LogEiMethod(ModelCache cache) : ModelMethod(cache)
{
    /// <summary>Creates a method with its own model cache.</summary>
    public LogEiMethod()
        : this(new ModelCache())
    {
    }

    /// <inheritdoc/>
    public override string Name => "logei";

    /// <inheritdoc/>
    protected override bool IsImprovement => true;

    /// <inheritdoc/>
    protected override IAcquisition Acquisition(TuningHistory history, Posterior posterior, SplitMix64 random)
    {
        // With noise the best observed value is partly luck, so the value to improve on is the best posterior mean.
        var best = posterior.Process.MeansOfRows(posterior.Values).Max();
        foreach (var point in history.Running) best = Math.Max(best, posterior.Process.MeanAt(point));
        return new LogExpectedImprovement(posterior.Process.WithBelievers(history.Running), best);
    }

    /// <inheritdoc/>
    protected override SuggestionReason Reason(Posterior posterior, IAcquisition acquisition, double[] point, Prediction predicted)
    {
        var log = (LogExpectedImprovement)acquisition;
        var (mean, variance) = log.Process.Predict(point);
        var improvement = Math.Exp(log.LogImprovement(mean, variance)) * posterior.Scale.Spread;
        return new SuggestionReason.ExpectedImprovement(improvement, predicted);
    }
}
