using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies;

/// <summary>
/// The winner of a confirmation beside the baseline, with seeds that the winner was not chosen by. So the interval and the gain are as
/// right as those of any comparison, whoever was chosen.
/// </summary>
/// <param name="Winner">The winner's values; null when none of its runs counts.</param>
/// <param name="WinnerRuns">The winner's runs, including those without a value.</param>
/// <param name="Baseline">The baseline's values; null when there is no baseline, or none of its runs counts.</param>
/// <param name="BaselineRuns">The baseline's runs, including those without a value; 0 without a baseline.</param>
/// <param name="Gain">The winner compared with the baseline; null without a baseline.</param>
public sealed record ConfirmationMeasurement(
    Summary? Winner, int WinnerRuns, Summary? Baseline, int BaselineRuns, Comparison? Gain)
{
    /// <summary>How many of the winner's runs failed or diverged (<see cref="FinalistChoice.CountBad"/>); 0 until all have ended.</summary>
    public int Bad { get; init; }

    /// <summary>True when all the winner's runs have ended, and most of them failed or diverged: they don't confirm the winner.</summary>
    public bool IsRefuted => 2 * Bad > WinnerRuns;

    /// <summary>
    /// The winner's values: of its runs after the choice, or else of those that it was chosen by. Null when the former refute it.
    /// </summary>
    /// <param name="measured">The runs after the choice; null when there are none.</param>
    /// <param name="chosen">The runs that the winner was chosen by; null without a winner.</param>
    public static Summary? Prefer(ConfirmationMeasurement? measured, Summary? chosen) =>
        measured is { IsRefuted: true } ? null : measured?.Winner ?? chosen;

    internal static ConfirmationMeasurement? Of(
        StudySpec spec, int winner, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> groups, ComparisonOptions options)
    {
        var baseline = groups.TryGetValue(ConfirmationPlan.Baseline, out var runs) ? ValuesOf(spec, runs) : null;
        // A single finalist was not chosen by its fresh runs, so they measure it as well.
        var measuring = groups.Count - (baseline is null ? 0 : 1) == 1
            ? groups[winner] : [.. groups[winner].Where(run => spec.Confirm is { } confirm && run.Run.Repeat > confirm.Repeat)];
        if (measuring.Count == 0 || (baseline is null && measuring.Count == groups[winner].Count)) return null;
        var values = ValuesOf(spec, measuring);
        return new(
            SummaryOf(values, options), values.Count, baseline is null ? null : SummaryOf(baseline, options), baseline?.Count ?? 0,
            baseline is null ? null : Comparison.Between(values, baseline, spec.Metric.Goal, options))
        {
            Bad = measuring.All(run => run.Run.State.IsFinal()) ? FinalistChoice.CountBad(values, spec.Metric.Goal) : 0,
        };
    }

    private static List<SeedValue> ValuesOf(StudySpec spec, IReadOnlyList<RunWithMetrics> runs) =>
        [.. runs.Select(run => ConfirmationPlan.ValueOf(spec, run))];

    private static Summary? SummaryOf(List<SeedValue> values, ComparisonOptions options)
    {
        List<double> measured = [.. values.Select(value => value.Value).OfType<double>()];
        return measured.Count == 0 ? null : Summary.Of(measured, options.Confidence, options.TestFraction);
    }
}
