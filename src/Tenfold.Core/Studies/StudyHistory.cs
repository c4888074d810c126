using System.Text.Json;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Studies;

/// <summary>A study's trials as methods see them: points and values, larger is better. A pure function of what the ledger has.</summary>
/// <param name="spec">The study's.</param>
/// <param name="space">Its space.</param>
public sealed class StudyHistory(StudySpec spec, SearchSpace space)
{
    /// <summary>How often a trial whose machine was taken away is tried again.</summary>
    public const int MaxAgain = 3;

    private readonly double _sign = spec.Metric.Goal == MetricGoal.Maximize ? 1 : -1;

    /// <summary>The history before the next ask.</summary>
    public TuningHistory Of(IReadOnlyList<TrialRecord> trials)
    {
        var ordered = trials.OrderBy(trial => trial.Number).ToList();
        return new TuningHistory
        {
            Space = space,
            Observations = Observations(ordered),
            Running = [.. ordered.Where(trial => trial.State == TrialState.Running).Select(PointOf)],
            // A trial that ended with all of its values, though it was to be pruned or cancelled, is complete: see TrialOutcome.
            Ended = [.. ordered.Where(trial => trial.State is TrialState.Cancelled or TrialState.Lost).Select(PointOf)],
            Pruned = [.. ordered.Where(trial => trial.State == TrialState.Pruned).Select(PointOf)],
            Number = ordered.Count + 1,
            Seed = spec.Seed,
            IsNegated = _sign < 0,
            Parallel = spec.Parallel,
            Trials = spec.Trials,
        };
    }

    /// <summary>What came of trials that ended by themselves, after what came of an earlier study's.</summary>
    public IReadOnlyList<Observation> Observations(IReadOnlyList<TrialRecord> trials)
    {
        List<Observation> own =
        [
            .. trials.Where(trial => trial.State is TrialState.Completed or TrialState.Failed).OrderBy(trial => trial.Number)
                .Select(trial => new Observation(
                    trial.Number, PointOf(trial), trial.Value is { } value ? _sign * value : double.NaN, Math.Max(1, trial.Values.Count))),
        ];
        return spec.Earlier.Count == 0 ? own : [.. Earlier(own), .. own];
    }

    /// <summary>A trial's snapped point.</summary>
    /// <exception cref="JsonException">Its settings are not of this space: the ledger is damaged.</exception>
    public double[] PointOf(TrialRecord trial) => PointOf(trial.Parameters, trial.Number);

    /// <summary>A value of the metric from a model's larger-is-better one, and back.</summary>
    public double InUnit(double value) => _sign * value;

    // Code, data and machine may have changed since: what both studies have measured tells by how much values have moved as a whole.
    private IEnumerable<Observation> Earlier(List<Observation> own)
    {
        var found = spec.Earlier.Select((trial, i) => new Observation(
            i + 1 - spec.Earlier.Count, PointOf(trial.Parameters, trial.Number), _sign * trial.Values.Average(), trial.Values.Count))
                .ToList();
        var now = own.Where(one => double.IsFinite(one.Value)).ToLookup(one => SearchSpace.Key(one.Point), one => one.Value);
        var moved = found.Where(one => now.Contains(SearchSpace.Key(one.Point)))
            .Select(one => now[SearchSpace.Key(one.Point)].Average() - one.Value).Order().ToList();
        var shift = moved.Count == 0 ? 0 : (moved[(moved.Count - 1) / 2] + moved[moved.Count / 2]) / 2;
        // What was measured anew speaks for itself.
        return found.Where(one => !now.Contains(SearchSpace.Key(one.Point))).Select(one => one with { Value = one.Value + shift });
    }

    private double[] PointOf(JsonElement parameters, int number) =>
        space.Encode(Parameters.FromJson(parameters.GetRawText()))
            ?? throw new JsonException($"trial {number} has settings that are not of its study's space");
}
