using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>
/// Chooses the method by what is known: <see cref="LogEiMethod"/> with some trials of <see cref="ThompsonMethod"/> among them, more of
/// these when there is noise; <see cref="TpeMethod"/> once there are too many observations for an exact model.
/// </summary>
/// <remarks>
/// Neither alone is best everywhere: improvement converges faster on smooth functions of many axes, and stays more often in the wrong place
/// when there is noise or another optimum. Measured on the functions of <c>bench/tuning</c>: without noise each fourth trial by a draw costs
/// nothing, with noise each second one takes the worst seeds away.
/// </remarks>
internal sealed class AutoMethod : ISearchMethod
{
    private const int Many = 2000;

    // The noise's variance by the signal's: just below what is taken for likely before there is evidence either way.
    private const double Noisy = 0.003;

    private readonly ModelCache _cache = new();
    private readonly ThompsonMethod _thompson;
    private readonly LogEiMethod _logEi;
    private readonly TpeMethod _tpe = new();

    /// <summary>With a model of its own.</summary>
    public AutoMethod() => (_thompson, _logEi) = (new ThompsonMethod(_cache), new LogEiMethod(_cache));

    /// <inheritdoc/>
    public string Name => "auto";

    /// <inheritdoc/>
    public Suggestion? Suggest(TuningHistory history)
    {
        if (history.Observations.Count > Many) return _tpe.Suggest(history);
        if (ModelMethod.IsInitial(history) || _cache.Of(history.Space, history.Observations) is not { } posterior)
            return _logEi.Suggest(history);

        var parameters = posterior.Process.Parameters;
        var each = parameters.Noise > Noisy * parameters.Variance ? 2 : 4;
        return history.Number % each == 0 ? _thompson.Suggest(history, posterior) : _logEi.Suggest(history, posterior);
    }

    /// <inheritdoc/>
    public void Prepare(TuningHistory history)
    {
        if (history.Observations.Count <= Many) _logEi.Prepare(history);
    }
}
