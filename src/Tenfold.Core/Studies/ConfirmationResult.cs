using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies;

/// <summary>The result of running a study's best trials again with fresh seeds.</summary>
/// <param name="Points">The finalists, best first as the sweep ranked them.</param>
/// <param name="Comparisons">Each later point compared with the first, in order, Holm-corrected.</param>
/// <param name="WinnerIndex">The winner's index in <paramref name="Points"/>; null when no fresh run counts.</param>
/// <param name="BestValue">The best value of any trial in the sweep, in the metric's unit: the luckiest one.</param>
/// <param name="BestTrial">The trial with that value.</param>
/// <remarks>
/// <para>The best fresh mean wins; failures and divergence count (<see cref="FinalistChoice"/>). The chosen mean is too good on average,
/// because it was chosen for it. So the winner then runs once more with further seeds, beside the baseline: <see cref="Measured"/> has an
/// interval that is right after the choice, and the gain.</para>
/// </remarks>
public sealed record ConfirmationResult(
    IReadOnlyList<ConfirmedPoint> Points, IReadOnlyList<Comparison> Comparisons, int? WinnerIndex, double BestValue, int BestTrial)
{
    /// <summary>The winner; null when no fresh run counts.</summary>
    public ConfirmedPoint? Winner => WinnerIndex is { } index ? Points[index] : null;

    /// <summary>The winner's runs after the choice, beside those of the baseline; null before they begin, or when there are none.</summary>
    public ConfirmationMeasurement? Measured { get; init; }

    /// <summary>
    /// The winner's values with an interval that allows for the choice: of the runs after the choice, or else of the runs that it was
    /// chosen by, at a wider confidence. Null without a winner, or when most of its runs after the choice failed or diverged.
    /// </summary>
    public Summary? WinnerSummary => ConfirmationMeasurement.Prefer(Measured, Winner?.Summary);

    /// <summary>
    /// How much worse the winner's confirmed mean is than its own value in the sweep, in the metric's unit: the winner's curse. Negative
    /// when the mean is better; null without a winner. Not comparable with <see cref="BestValue"/>, which may belong to another trial.
    /// </summary>
    public double? Drop(MetricGoal goal) =>
        WinnerSummary is not { } summary ? null
            : goal == MetricGoal.Maximize ? Winner!.Trial.Value - summary.Mean : summary.Mean - Winner!.Trial.Value;

    /// <summary>Picks the winner by the finalists' fresh runs, and compares them.</summary>
    /// <param name="spec">The study's specification.</param>
    /// <param name="trials">The study's trials; at least one is completed.</param>
    /// <param name="groups">The fresh runs by trial number, the sweep's first choice first; those of the baseline have number 0.</param>
    /// <param name="options">How sure the comparisons must be; null for the defaults.</param>
    public static ConfirmationResult Of(
        StudySpec spec, IReadOnlyList<TrialRecord> trials, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> groups,
        ComparisonOptions? options = null)
    {
        options ??= new();
        if (spec.Work?.TestFraction is { } resampled) options = options with { TestFraction = resampled };
        var sign = spec.Metric.Goal == MetricGoal.Maximize ? 1 : -1;
        var finalists = groups.Where(group => group.Key != ConfirmationPlan.Baseline).ToList();
        var points = finalists
            .Select(group => new ConfirmedPoint(
                trials.First(trial => trial.Number == group.Key), ConfirmationPlan.ChoosingValues(spec, group.Value), null))
            .Select(point => point.Summarised(options.Confidence, finalists.Count)).ToList();
        var comparisons = Comparison.Family([.. points.Skip(1).Select(point => point.Values)], points[0].Values, spec.Metric.Goal, options);
        var luckiest = trials.Where(trial => trial.State == TrialState.Completed)
            .MaxBy(trial => (sign * trial.Value!.Value, -trial.Number))!;
        for (var i = 0; i < points.Count; i++)
            points[i] = points[i] with { Broken = ConfirmationPlan.BrokenConstraint(spec, finalists[i].Value) };
        // A finalist that breaks a constraint with fresh seeds can't win.
        var winner = FinalistChoice.Best(
            [.. points.Select(point => point.Broken is null ? point.Values : [])], spec.Metric.Goal);
        return new ConfirmationResult(points, comparisons, winner, luckiest.Value!.Value, luckiest.Number)
        {
            Measured = winner is { } index ? ConfirmationMeasurement.Of(spec, points[index].Trial.Number, groups, options) : null,
        };
    }
}

/// <summary>A finalist with the fresh runs by which the winner is chosen.</summary>
/// <param name="Trial">The trial that was confirmed. Its own values don't count here, because it was selected by them.</param>
/// <param name="Values">The fresh runs' seeds and values; null for a run that failed or has not ended.</param>
/// <param name="Summary">
/// A summary of the fresh values; null when there are none. Its interval allows for the choice among the finalists
/// (<see cref="FinalistChoice.Summarise"/>).
/// </param>
public sealed record ConfirmedPoint(TrialRecord Trial, IReadOnlyList<SeedValue> Values, Summary? Summary)
{
    /// <summary>The constraint that the mean of the fresh runs breaks; null when they keep all.</summary>
    public Reason? Broken { get; init; }

    internal ConfirmedPoint Summarised(double confidence, int finalists)
    {
        List<double> measured = [.. Values.Select(value => value.Value).OfType<double>()];
        return this with { Summary = measured.Count == 0 ? null : FinalistChoice.Summarise(measured, confidence, finalists) };
    }
}
