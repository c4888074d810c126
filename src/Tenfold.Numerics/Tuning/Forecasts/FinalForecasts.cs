using Tenfold.Numerics.Tuning.Model;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Forecasts;

/// <summary>
/// Turns pruned trials into observations: the forecast of the value that each would have ended with, and its variance. It caches the latest
/// forecasts, which saves time and never changes a result.
/// </summary>
public sealed class FinalForecasts
{
    private readonly Lock _lock = new();
    private SearchSpace? _space;
    private List<(int Trial, double Value)> _key = [];
    private FinalForecast? _forecast;

    /// <summary>The history with forecasts as observations. Pruned trials without a forecast remain as they were.</summary>
    public TuningHistory Apply(TuningHistory history)
    {
        if (history.Early.Count == 0 || history.Pruned.Count == 0) return history;
        var pruned = history.Pruned.Select(point => SearchSpace.Key(point)).ToHashSet();
        var observed = history.Observations.Select(one => one.Trial).ToHashSet();
        if (Of(history) is not { } forecast) return history with { Early = [] };
        var made = new List<Observation>();
        foreach (var trial in history.Early)
        {
            if (observed.Contains(trial.Trial) || trial.Values.Count == 0 || !pruned.Contains(SearchSpace.Key(trial.Point))) continue;
            var last = trial.Values[^1];
            if (forecast.Predict(trial.Point, last.Step, last.Value) is var (mean, variance))
                made.Add(new Observation(trial.Trial, trial.Point, mean, 1, variance));
        }

        if (made.Count == 0) return history with { Early = [] };
        var known = made.Select(one => SearchSpace.Key(one.Point)).ToHashSet();
        return history with
        {
            Observations = ModelRow.Sorted([.. history.Observations, .. made]),
            Pruned = [.. history.Pruned.Where(point => !known.Contains(SearchSpace.Key(point)))],
            Early = [],
        };
    }

    /// <summary>The forecast by a history's completed trials; null when there are too few.</summary>
    /// <remarks>
    /// It uses those with the lowest numbers, as the fits of the model do, so that most suggestions need no new fit.
    /// </remarks>
    public FinalForecast? Of(TuningHistory history)
    {
        var early = history.Early.Select(one => one.Trial).ToHashSet();
        var completed = history.Observations.Where(one => double.IsFinite(one.Value) && early.Contains(one.Trial))
            .OrderBy(one => one.Trial).ToList();
        var used = completed[..FitSchedule.InUse(completed.Count)];
        List<(int, double)> key = [.. used.Select(one => (one.Trial, one.Value))];
        lock (_lock)
        {
            if (ReferenceEquals(_space, history.Space) && _key.SequenceEqual(key)) return _forecast;
            (_space, _key, _forecast) = (history.Space, key, FinalForecast.Of(history.Space, used, history.Early));
            return _forecast;
        }
    }
}
