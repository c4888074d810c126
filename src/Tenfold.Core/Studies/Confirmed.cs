using Tenfold.Core.Ledger;
using Tenfold.Core.Statistics;

namespace Tenfold.Core.Studies;

/// <summary>What came of running a study's best again with fresh seeds.</summary>
/// <param name="Points">The finalists, best confirmed mean first; those without a value last.</param>
/// <param name="Comparisons">Each point after the first against the first, in order, Holm-corrected; empty when the first has no value.</param>
/// <param name="BestValue">The best value that any trial of the sweep had, in the metric's unit: the luckiest.</param>
/// <param name="BestTrial">The trial that had it.</param>
public sealed record Confirmed(IReadOnlyList<ConfirmedPoint> Points, IReadOnlyList<Comparison> Comparisons, double BestValue, int BestTrial)
{
    /// <summary>The winner: the best confirmed mean; null when no fresh run counts.</summary>
    public ConfirmedPoint? Winner => Points[0].Summary is null ? null : Points[0];

    /// <summary>
    /// How much worse the winner's confirmed mean is than the sweep's best value, in the metric's unit: the winner's curse. Negative when it is
    /// better; null without a winner.
    /// </summary>
    public double? Drop(MetricGoal goal) => Winner?.Summary is not { } summary ? null : goal == MetricGoal.Maximize ? BestValue - summary.Mean : summary.Mean - BestValue;

    /// <summary>Judges.</summary>
    /// <param name="spec">The study's.</param>
    /// <param name="trials">Its trials; at least one is complete.</param>
    /// <param name="groups">The fresh runs by trial number.</param>
    /// <param name="options">How sure the comparisons must be; null for the defaults.</param>
    public static Confirmed Of(
        StudySpec spec, IReadOnlyList<TrialRecord> trials, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> groups, ComparisonOptions? options = null)
    {
        var sign = spec.Metric.Goal == MetricGoal.Maximize ? 1 : -1;
        var points = groups.Select(group => Point(spec, trials.First(trial => trial.Number == group.Key), group.Value))
            .OrderByDescending(point => point.Summary is { } summary ? sign * summary.Mean : double.NegativeInfinity).ThenBy(point => point.Trial.Number).ToList();
        var luckiest = trials.Where(trial => trial.State == TrialState.Completed)
            .MaxBy(trial => (sign * trial.Value!.Value, -trial.Number))!;
        return new Confirmed(
            points,
            points[0].Summary is null ? [] : Comparison.Family([.. points.Skip(1).Select(point => point.Values)], points[0].Values, spec.Metric.Goal, options),
            luckiest.Value!.Value,
            luckiest.Number);
    }

    private static ConfirmedPoint Point(StudySpec spec, TrialRecord trial, IReadOnlyList<RunWithMetrics> runs)
    {
        List<SeedValue> values = [.. runs.Select(run => new SeedValue(run.Run.Seed, TrialOutcome.Value(run, spec.Metric.Name)))];
        List<double> there = [.. values.Select(value => value.Value).OfType<double>()];
        return new ConfirmedPoint(trial, values, there.Count == 0 ? null : Summary.Of(there));
    }
}

/// <summary>A finalist with its fresh runs.</summary>
/// <param name="Trial">The trial whose point it is; its own values were seen before, and count for nothing here.</param>
/// <param name="Values">The fresh runs' seeds and values; null for a run that failed or has not ended.</param>
/// <param name="Summary">Of the values that there are; null when there is none.</param>
public sealed record ConfirmedPoint(TrialRecord Trial, IReadOnlyList<SeedValue> Values, Summary? Summary);
