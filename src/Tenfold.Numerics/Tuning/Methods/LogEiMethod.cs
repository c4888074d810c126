using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>Maximises the log expected improvement. Running trials count as if their values were those predicted ("believers").</summary>
/// <remarks>
/// Sources: <see cref="LogExpectedImprovement"/>; Ginsbourger et al., "Kriging is well-suited to parallelize optimization", 2010, for the
/// believers.
/// </remarks>
/// <param name="cache">Where posteriors come from.</param>
internal sealed class LogEiMethod(ModelCache cache) : ModelMethod(cache)
{
    /// <summary>With a model of its own.</summary>
    public LogEiMethod()
        : this(new ModelCache())
    {
    }

    /// <inheritdoc/>
    public override string Name => "logei";

    /// <inheritdoc/>
    protected override IAcquisition Acquisition(TuningHistory history, Posterior posterior, SplitMix64 random)
    {
        // With noise the best observed value is partly luck, so the value to improve on is the best posterior mean.
        var best = posterior.Process.MeansOfRows(posterior.Values).Max();
        foreach (var point in history.Running) best = Math.Max(best, posterior.Process.MeanAt(point));
        return new LogExpectedImprovement(posterior.Process.Believing(history.Running), best);
    }

    /// <inheritdoc/>
    protected override string Reason(Posterior posterior, IAcquisition acquisition, double[] point)
    {
        var log = (LogExpectedImprovement)acquisition;
        var (mean, variance) = log.Process.Predict(point);
        var improvement = Math.Exp(log.LogImprovement(mean, variance)) * posterior.Scale.Spread;
        return $"expected improvement {improvement:G2}";
    }
}
