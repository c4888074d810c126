using Tenfold.Core.Ledger;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies;

/// <summary>What came of running a study's best again with fresh seeds.</summary>
/// <param name="Points">The finalists in their order: the first is the one that the sweep took for the best.</param>
/// <param name="Comparisons">Each point after the first against the first, in order, Holm-corrected.</param>
/// <param name="Place">Which of them is the winner; null when no fresh run counts.</param>
/// <param name="BestValue">The best value that any trial of the sweep had, in the metric's unit: the luckiest.</param>
/// <param name="BestTrial">The trial that had it.</param>
/// <remarks>
/// The sweep's own choice wins, unless others are shown to be better than it: then the best of those. A mean that is higher by chance takes
/// nobody's place.
/// </remarks>
public sealed record ConfirmationResult(
    IReadOnlyList<ConfirmedPoint> Points, IReadOnlyList<Comparison> Comparisons, int? Place, double BestValue, int BestTrial)
{
    /// <summary>The winner; null when no fresh run counts.</summary>
    public ConfirmedPoint? Winner => Place is { } place ? Points[place] : null;

    /// <summary>
    /// How much worse the winner's confirmed mean is than its own value in the sweep, in the metric's unit: the winner's curse. Negative
    /// when it is better; null without a winner. <see cref="BestValue"/> may be another trial's, of whose luck this says nothing.
    /// </summary>
    public double? Drop(MetricGoal goal) =>
        Winner?.Summary is not { } summary ? null
            : goal == MetricGoal.Maximize ? Winner.Trial.Value - summary.Mean : summary.Mean - Winner.Trial.Value;

    /// <summary>Judges.</summary>
    /// <param name="spec">The study's.</param>
    /// <param name="trials">Its trials; at least one is complete.</param>
    /// <param name="groups">The fresh runs by trial number, the sweep's own choice first.</param>
    /// <param name="options">How sure the comparisons must be; null for the defaults.</param>
    public static ConfirmationResult Of(
        StudySpec spec, IReadOnlyList<TrialRecord> trials, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> groups,
        ComparisonOptions? options = null)
    {
        var sign = spec.Metric.Goal == MetricGoal.Maximize ? 1 : -1;
        var points = groups.Select(group => Point(spec, trials.First(trial => trial.Number == group.Key), group.Value)).ToList();
        var comparisons = Comparison.Family([.. points.Skip(1).Select(point => point.Values)], points[0].Values, spec.Metric.Goal, options);
        var luckiest = trials.Where(trial => trial.State == TrialState.Completed)
            .MaxBy(trial => (sign * trial.Value!.Value, -trial.Number))!;
        return new ConfirmationResult(
            points, comparisons, PlaceOf([.. points.Select(point => point.Summary)], comparisons, spec.Metric.Goal), luckiest.Value!.Value,
            luckiest.Number);
    }

    /// <summary>Which finalist is the winner, by the rule above; null when none has a value.</summary>
    /// <param name="summaries">Of each finalist's fresh values, the sweep's own choice first; null where there is none.</param>
    /// <param name="comparisons">Each after the first against the first; empty when there is only one.</param>
    /// <param name="goal">Which way is better.</param>
    public static int? PlaceOf(IReadOnlyList<Summary?> summaries, IReadOnlyList<Comparison> comparisons, MetricGoal goal)
    {
        var places = Enumerable.Range(0, summaries.Count).Where(i => summaries[i] is not null).ToList();
        if (places.Count == 0) return null;
        var better = places.Where(i => i > 0 && comparisons[i - 1].Verdict == Verdict.Better).ToList();
        return better.Count == 0 && summaries[0] is not null ? 0 : Best(better.Count > 0 ? better : places);

        int Best(List<int> among) => among.MaxBy(i => (goal == MetricGoal.Maximize ? 1 : -1) * summaries[i]!.Mean);
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
