using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>
/// Chooses the method for each trial: mostly <see cref="LogEiMethod"/>, mixed with <see cref="ThompsonMethod"/>, which gets a larger share
/// when there is noise. Uses <see cref="TpeMethod"/> once there are too many observations for an exact model.
/// </summary>
/// <remarks>
/// Neither method is best everywhere. Expected improvement converges faster on smooth functions of many axes, but gets stuck more often
/// when there is noise or a second optimum. Measured on the functions of <c>bench/tuning</c>: without noise, a Thompson draw for every
/// fourth trial costs nothing; with noise, a draw for every second trial avoids the worst results.
/// </remarks>
internal sealed class AutoMethod : ISearchMethod
{
    private const int Many = 2000;

    // The variance of the noise over that of the signal, just below the value that the prior favours.
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
