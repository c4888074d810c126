using System.Text.Json;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Forecasts;
using Tenfold.Numerics.Tuning.Objectives;
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

    /// <summary>True when there are several objectives, so that no trial is the best.</summary>
    public bool HasFront => spec.HasFront;

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
            // Scores of several objectives have no unit.
            IsNegated = !spec.HasFront && _sign < 0,
            Parallel = spec.Parallel,
            Trials = spec.Trials,
            Durations = spec.CostAware ? Durations(ordered) : [],
            DurationWeight = spec.CostAware ? 1 - SpentShare(ordered) : 0,
        };
    }

    /// <summary>
    /// The results of trials that ended by themselves, preceded by those of the earlier study. Several objectives are scored by the weights
    /// of the next trial.
    /// </summary>
    public IReadOnlyList<Observation> Observations(IReadOnlyList<TrialRecord> trials)
    {
        List<Result> own =
        [
            .. trials.Where(trial => trial.State is TrialState.Completed or TrialState.Failed or TrialState.Infeasible)
                .OrderBy(trial => trial.Number)
                .Select(trial => new Result(trial.Number, PointOf(trial), ScoresOf(trial), Math.Max(1, trial.Values.Count))),
        ];
        var all = spec.Earlier.Count == 0 ? own : [.. Earlier(own), .. own];
        var values = Values([.. all.Select(one => one.Scores).OfType<double[]>()], trials.Count + 1);
        var next = 0;
        return [.. all.Select(one => new Observation(
            one.Number, one.Point, one.Scores is null ? double.NaN : values[next++], one.Count))];
    }

    /// <summary>
    /// The trials of the earlier study that are worth trying again: all, the best first; or with several objectives, those on the front.
    /// </summary>
    public IEnumerable<EarlierTrial> BestEarlier() => spec.HasFront
        ? ParetoFront.Of([.. spec.Earlier.Select(ScoresOf)]).Select(i => spec.Earlier[i])
        : spec.Earlier.OrderByDescending(trial => ScoresOf(trial)[0]).ThenBy(trial => trial.Number);

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

    // The means of the objectives, larger is better; null without a result. A trial that broke a constraint counts like one that failed:
    // the model of failures learns where the constraints are broken.
    private double[]? ScoresOf(TrialRecord trial) =>
        trial.State == TrialState.Completed && trial.Values.Count > 0 ? StudyFront.Scores(spec, trial.Values, trial.Others) : null;

    private double[] ScoresOf(EarlierTrial trial) => StudyFront.Scores(spec, trial.Values, trial.Others);

    private IReadOnlyList<double> Values(IReadOnlyList<double[]> scores, int number)
    {
        if (!spec.HasFront) return [.. scores.Select(score => score[0])];
        var weights = Scalarization.Weights(spec.Objectives.Count, spec.Seed, number);
        // TPE compares ranks only; the other methods model the scores.
        return spec.Method == SweepMethod.Tpe ? Scalarization.RankedScores(scores, weights) : Scalarization.Scores(scores, weights);
    }

    // A trial that ended early says little about how long a whole one takes.
    private List<TrialDuration> Durations(List<TrialRecord> trials) =>
    [
        .. trials.Where(trial => trial.State is TrialState.Completed or TrialState.Infeasible && trial.EndedAt > trial.AskedAt)
            .Select(trial => new TrialDuration(trial.Number, PointOf(trial), (trial.EndedAt!.Value - trial.AskedAt).TotalSeconds)),
    ];

    // The share of the planned trials, or of the time if that is larger. Only what is recorded counts, so that every process gets the same.
    private double SpentShare(List<TrialRecord> trials)
    {
        var ofTrials = spec.Trials is { } planned ? (double)trials.Count / planned : 0;
        var time = trials.Where(trial => trial.EndedAt > trial.AskedAt).Sum(trial => (trial.EndedAt!.Value - trial.AskedAt).TotalSeconds);
        var ofTime = spec.Budget?.Time is { } most ? time / spec.Parallel / most.TotalSeconds : 0;
        return Math.Clamp(Math.Max(ofTrials, ofTime), 0, 1);
    }

    private EarlyValues EarlyOf(TrialRecord trial) =>
        new(trial.Number, PointOf(trial), [.. trial.Rungs.Select(rung => new EarlyValue(rung.Rung, _sign * rung.Value))]);

    // Code, data and machine may have changed since the earlier study. Points that both studies measured show how far values have shifted.
    private IEnumerable<Result> Earlier(List<Result> own)
    {
        List<Result> earlier =
        [
            .. spec.Earlier.Select((trial, i) => new Result(
                i + 1 - spec.Earlier.Count, PointOf(trial.Parameters, trial.Number), ScoresOf(trial), trial.Values.Count)),
        ];
        var ownScores = own.Where(one => one.Scores is not null).ToLookup(one => SearchSpace.Key(one.Point), one => one.Scores!);
        var both = earlier.Where(one => ownScores.Contains(SearchSpace.Key(one.Point))).ToList();
        double[] shifts = [.. spec.Metrics.Select((_, j) => Median(
            [.. both.Select(one => ownScores[SearchSpace.Key(one.Point)].Average(score => score[j]) - one.Scores![j]).Order()]))];
        // A point that this study measured itself needs no earlier value.
        return earlier.Except(both).Select(one => one with { Scores = [.. one.Scores!.Zip(shifts, (score, shift) => score + shift)] });
    }

    private static double Median(double[] sorted) =>
        sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private double[] PointOf(JsonElement parameters, int number) =>
        space.Encode(Parameters.FromJson(parameters.GetRawText()))
            ?? throw Foreign(number);

    private static JsonException Foreign(int number) => new($"trial {number} has parameters that don't belong to its study's space");

    // A trial with the score of each objective; null when it failed.
    private sealed record Result(int Number, double[] Point, double[]? Scores, int Count);
}
