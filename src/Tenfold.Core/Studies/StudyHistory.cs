using System.Text.Json;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Forecasts;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Studies;

/// <summary>
/// A study's trials as search methods see them: points and values, larger is better. A pure function of the ledger's records.
/// </summary>
/// <param name="spec">The study's specification.</param>
/// <param name="space">The study's space.</param>
public sealed class StudyHistory(StudySpec spec, SearchSpace space)
{
    /// <summary>How often the point of a lost trial is tried again.</summary>
    public const int MaxRepeats = 3;

    private readonly double _sign = spec.Metric.Goal == MetricGoal.Maximize ? 1 : -1;

    /// <summary>The history from which the next point is suggested.</summary>
    public TuningHistory Of(IReadOnlyList<TrialRecord> trials)
    {
        var ordered = trials.OrderBy(trial => trial.Number).ToList();
        return new TuningHistory
        {
            Space = space,
            Observations = Observations(ordered),
            Running = [.. ordered.Where(trial => trial.State == TrialState.Running).Select(PointOf)],
            // A trial that was to be pruned or cancelled, but ended with all of its values, counts as completed: see TrialOutcome.
            Ended = [.. ordered.Where(trial => trial.State is TrialState.Cancelled or TrialState.Lost).Select(PointOf)],
            Pruned = [.. ordered.Where(trial => trial.State == TrialState.Pruned).Select(PointOf)],
            Early = [.. ordered.Where(trial => trial.Rungs.Count > 0).Select(EarlyOf)],
            Number = ordered.Count + 1,
            Seed = spec.Seed,
            IsNegated = _sign < 0,
            Parallel = spec.Parallel,
            Trials = spec.Trials,
        };
    }

    /// <summary>The results of trials that ended by themselves, preceded by those of the earlier study.</summary>
    public IReadOnlyList<Observation> Observations(IReadOnlyList<TrialRecord> trials)
    {
        List<Observation> own =
        [
            .. trials.Where(trial => trial.State is TrialState.Completed or TrialState.Failed or TrialState.Infeasible)
                .OrderBy(trial => trial.Number)
                .Select(trial => new Observation(trial.Number, PointOf(trial), ScoreOf(trial), CountOf(trial))),
        ];
        return spec.Earlier.Count == 0 ? own : [.. Earlier(own), .. own];
    }

    /// <summary>
    /// <see cref="Observations"/>, and a forecast with its variance for each pruned trial, as far as completed trials allow one.
    /// </summary>
    public IReadOnlyList<Observation> WithForecasts(IReadOnlyList<TrialRecord> trials) =>
        new FinalForecasts().Apply(Of(trials)).Observations;

    /// <summary>A trial's snapped point.</summary>
    /// <exception cref="JsonException">Its parameters don't belong to this space: the ledger is damaged.</exception>
    /// <remarks>
    /// A point is run again with the trial's recorded parameters, so parameters that no search of this space suggests are refused.
    /// </remarks>
    public double[] PointOf(TrialRecord trial)
    {
        var point = PointOf(trial.Parameters, trial.Number);
        return space.Contains(Parameters.FromJson(trial.Parameters.GetRawText())) ? point : throw Foreign(trial.Number);
    }

    /// <summary>Converts the model's larger-is-better value to the metric's own direction, and back.</summary>
    public double InUnit(double value) => _sign * value;

    // A trial that broke a constraint counts like one that failed: the model of failures learns where the constraints are broken.
    private double ScoreOf(TrialRecord trial) =>
        trial.State != TrialState.Infeasible && trial.Value is { } value ? _sign * value : double.NaN;

    private static int CountOf(TrialRecord trial) => Math.Max(1, trial.Values.Count);

    private EarlyValues EarlyOf(TrialRecord trial) =>
        new(trial.Number, PointOf(trial), [.. trial.Rungs.Select(rung => new EarlyValue(rung.Rung, _sign * rung.Value))]);

    // Code, data and machine may have changed since the earlier study. Points that both studies measured show how far values have shifted.
    private IEnumerable<Observation> Earlier(List<Observation> own)
    {
        List<Observation> earlier =
        [
            .. spec.Earlier.Select((trial, i) => new Observation(
                i + 1 - spec.Earlier.Count, PointOf(trial.Parameters, trial.Number), _sign * trial.Values.Average(), trial.Values.Count)),
        ];
        var ownValues = own.Where(one => double.IsFinite(one.Value)).ToLookup(one => SearchSpace.Key(one.Point), one => one.Value);
        var shifts = earlier.Where(one => ownValues.Contains(SearchSpace.Key(one.Point)))
            .Select(one => ownValues[SearchSpace.Key(one.Point)].Average() - one.Value).Order().ToList();
        var shift = shifts.Count == 0 ? 0 : (shifts[(shifts.Count - 1) / 2] + shifts[shifts.Count / 2]) / 2;
        // A point that this study measured itself needs no earlier value.
        return earlier.Where(one => !ownValues.Contains(SearchSpace.Key(one.Point))).Select(one => one with { Value = one.Value + shift });
    }

    private double[] PointOf(JsonElement parameters, int number) =>
        space.Encode(Parameters.FromJson(parameters.GetRawText()))
            ?? throw Foreign(number);

    private static JsonException Foreign(int number) => new($"trial {number} has parameters that don't belong to its study's space");
}
