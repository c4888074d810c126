using Tenfold.Numerics.Tuning.Forecasts;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>
/// Chooses the method for each trial. It alternates <see cref="LogEiMethod"/> with <see cref="ThompsonMethod"/>, which gets a larger share
/// when there is noise. It uses <see cref="TpeMethod"/> once there are too many observations for an exact model.
/// </summary>
/// <remarks>
/// No method is best everywhere. Expected improvement converges faster on smooth functions of many axes, but it gets stuck more often when
/// there is noise or a second optimum. The shares come from <c>bench/tuning</c>: without noise, a Thompson draw for every fourth trial
/// costs nothing; with noise, a draw for every second trial avoids the worst results.
/// </remarks>
internal sealed class AutoMethod : ISearchMethod
{
    private const int MaxModelled = 2000;

    // The ratio of the noise's variance to the signal's.
    private const double NoisyRatio = 0.003;

    private readonly FinalForecasts _forecasts = new();
    private readonly ModelCache _cache;
    private readonly ThompsonMethod _thompson;
    private readonly LogEiMethod _logEi;
    private readonly TpeMethod _tpe = new();

    /// <summary>Creates a method with its own model cache.</summary>
    /// <param name="fits">Keeps the fits for other processes; null for none.</param>
    public AutoMethod(IFitStore? fits = null)
    {
        _cache = new ModelCache(fits);
        (_thompson, _logEi) = (new ThompsonMethod(_cache), new LogEiMethod(_cache));
    }

    /// <inheritdoc/>
    public string Name => "auto";

    /// <inheritdoc/>
    public Suggestion? Suggest(TuningHistory history)
    {
        history = _forecasts.Apply(history);
        if (history.Observations.Count > MaxModelled) return _tpe.Suggest(history);
        if (ModelMethod.IsInitial(history) || _cache.Of(history.Space, history.Observations) is not { } posterior)
            return _logEi.Suggest(history);

        var parameters = posterior.Process.Parameters;
        var period = parameters.Noise > NoisyRatio * parameters.Variance ? 2 : 4;
        return history.Number % period == 0 ? _thompson.Suggest(history, posterior) : _logEi.Suggest(history, posterior);
    }

    /// <inheritdoc/>
    public void Prepare(TuningHistory history)
    {
        history = _forecasts.Apply(history);
        if (history.Observations.Count <= MaxModelled) _logEi.Prepare(history);
    }
}
