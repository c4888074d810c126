using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>
/// Maximises a fresh draw from the posterior for each trial. Parallel trials need no special treatment, because the draws differ.
/// </summary>
/// <remarks>Source: Kandasamy et al., "Parallelised Bayesian optimisation via Thompson sampling", AISTATS 2018, algorithm 2.</remarks>
/// <param name="cache">Makes the posteriors.</param>
internal sealed class ThompsonMethod(ModelCache cache) : ModelMethod(cache)
{
    /// <summary>Creates a method with its own model cache.</summary>
    public ThompsonMethod()
        : this(new ModelCache())
    {
    }

    /// <inheritdoc/>
    public override string Name => "thompson";

    /// <inheritdoc/>
    protected override IAcquisition Acquisition(TuningHistory history, Posterior posterior, SplitMix64 random) =>
        new PathwiseDraw(posterior.Process, posterior.Values, random);

    /// <inheritdoc/>
    protected override SuggestionReason Reason(Posterior posterior, IAcquisition acquisition, double[] point, Prediction predicted) =>
        new SuggestionReason.PosteriorDraw(predicted);
}
