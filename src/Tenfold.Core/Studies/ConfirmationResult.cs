using Tenfold.Core.Ledger;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies;

/// <summary>The result of running a study's best trials again with fresh seeds.</summary>
/// <param name="Points">The finalists, best first as the sweep ranked them.</param>
/// <param name="Comparisons">Each later point compared with the first, in order, Holm-corrected.</param>
/// <param name="WinnerIndex">The winner's index in <paramref name="Points"/>; null when no fresh run counts.</param>
/// <param name="BestValue">The best value of any trial in the sweep, in the metric's unit: the luckiest one.</param>
/// <param name="BestTrial">The trial with that value.</param>
/// <remarks>
/// The sweep's first choice wins unless a comparison shows that other finalists are better; then the best of those wins. A mean that is
/// higher only by chance doesn't displace the first choice.
/// </remarks>
public sealed record ConfirmationResult(
    IReadOnlyList<ConfirmedPoint> Points, IReadOnlyList<Comparison> Comparisons, int? WinnerIndex, double BestValue, int BestTrial)
{
    /// <summary>The winner; null when no fresh run counts.</summary>
    public ConfirmedPoint? Winner => WinnerIndex is { } index ? Points[index] : null;

    /// <summary>
    /// How much worse the winner's confirmed mean is than its own value in the sweep, in the metric's unit: the winner's curse. Negative
    /// when the mean is better; null without a winner. Not comparable with <see cref="BestValue"/>, which may belong to another trial.
    /// </summary>
    public double? Drop(MetricGoal goal) =>
        Winner?.Summary is not { } summary ? null
            : goal == MetricGoal.Maximize ? Winner.Trial.Value - summary.Mean : summary.Mean - Winner.Trial.Value;

    /// <summary>Compares the finalists by their fresh runs and picks the winner.</summary>
    /// <param name="spec">The study's specification.</param>
    /// <param name="trials">The study's trials; at least one is completed.</param>
    /// <param name="groups">The fresh runs by trial number, the sweep's first choice first.</param>
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
        var winner = WinnerOf([.. points.Select(point => point.Summary)], comparisons, spec.Metric.Goal);
        return new ConfirmationResult(points, comparisons, winner, luckiest.Value!.Value, luckiest.Number);
    }

    /// <summary>The index of the winning finalist, by the rule in the remarks of this type; null when no finalist has a value.</summary>
    /// <param name="summaries">A summary of each finalist's fresh values, the sweep's first choice first; null for a finalist without
    /// values.</param>
    /// <param name="comparisons">Each later finalist compared with the first; empty when there is only one.</param>
    /// <param name="goal">Which way is better.</param>
    public static int? WinnerOf(IReadOnlyList<Summary?> summaries, IReadOnlyList<Comparison> comparisons, MetricGoal goal)
    {
        var measured = Enumerable.Range(0, summaries.Count).Where(i => summaries[i] is not null).ToList();
        if (measured.Count == 0) return null;
        var better = measured.Where(i => i > 0 && comparisons[i - 1].Verdict == Verdict.Better).ToList();
        return better.Count == 0 && summaries[0] is not null ? 0 : Best(better.Count > 0 ? better : measured);

        int Best(List<int> among) => among.MaxBy(i => (goal == MetricGoal.Maximize ? 1 : -1) * summaries[i]!.Mean);
    }

    private static ConfirmedPoint Point(StudySpec spec, TrialRecord trial, IReadOnlyList<RunWithMetrics> runs)
    {
        List<SeedValue> values = [.. runs.Select(run => new SeedValue(run.Run.Seed, TrialOutcome.Value(run, spec.Metric.Name)))];
        List<double> measured = [.. values.Select(value => value.Value).OfType<double>()];
        return new ConfirmedPoint(trial, values, measured.Count == 0 ? null : Summary.Of(measured));
    }
}

/// <summary>A finalist with its fresh runs.</summary>
/// <param name="Trial">The trial that was confirmed. Its own values don't count here, because it was selected by them.</param>
/// <param name="Values">The fresh runs' seeds and values; null for a run that failed or has not ended.</param>
/// <param name="Summary">A summary of the fresh values; null when there are none.</param>
public sealed record ConfirmedPoint(TrialRecord Trial, IReadOnlyList<SeedValue> Values, Summary? Summary);
