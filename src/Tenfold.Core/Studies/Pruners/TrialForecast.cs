using Tenfold.Numerics.Tuning.Forecasts;

namespace Tenfold.Core.Studies.Pruners;

/// <summary>Forecasts how a study's running trials will end, from those that completed.</summary>
/// <param name="forecast">The forecast.</param>
/// <param name="history">The study's history.</param>
/// <param name="trials">The study's trials, ordered by number.</param>
public sealed class TrialForecast(FinalForecast forecast, StudyHistory history, IReadOnlyList<TrialRecord> trials) : IRungForecast
{
    /// <summary>The forecast of a study; null while too few trials have completed.</summary>
    public static TrialForecast? Of(FinalForecasts forecasts, StudyHistory history, IReadOnlyList<TrialRecord> trials) =>
        forecasts.Of(history.Of(trials)) is { } forecast ? new TrialForecast(forecast, history, trials) : null;

    /// <inheritdoc/>
    public double? ChanceToLead(int number, IReadOnlyDictionary<int, (long Rung, double Value)> latest)
    {
        if (Of(number) is not { } own) return null;
        return forecast.ChanceToLead(own, latest.Keys.Where(other => other != number).Select(Of).OfType<(double, double)>());

        (double Mean, double Variance)? Of(int one) =>
            forecast.Predict(history.PointOf(trials[one - 1]), latest[one].Rung, history.InUnit(latest[one].Value));
    }
}
