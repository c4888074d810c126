using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Studies;

/// <summary>
/// Which runs a confirmation has. First the finalists run with <see cref="Confirmation.Repeat"/> fresh seeds each, by which the winner is
/// chosen. Then the winner and the baseline run with as many further seeds, which measure the winner and its gain. A single finalist needs
/// no choice: the baseline runs beside it with the first seeds.
/// </summary>
public static class ConfirmationPlan
{
    /// <summary>The number of the baseline among the confirmation's groups; trials count from 1.</summary>
    public const int Baseline = 0;

    /// <summary>
    /// True when the winner is measured after the choice. With fewer repeats, no interval would be usable; with several objectives there is
    /// no winner.
    /// </summary>
    public static bool IsMeasured(StudySpec spec) => spec is { Confirm.Repeat: >= Summary.Few, HasFront: false };

    /// <summary>True when the baseline runs beside the winner.</summary>
    public static bool HasBaseline(StudySpec spec) => IsMeasured(spec) && spec.Baseline is not null;

    /// <summary>The number of fresh runs, at most.</summary>
    /// <returns>The runs by which the winner is chosen, and those that measure it afterwards.</returns>
    public static (int Choosing, int Measuring) CountRuns(StudySpec spec)
    {
        if (spec.Confirm is not { } confirm) return (0, 0);
        var baseline = HasBaseline(spec) ? confirm.Repeat : 0;
        return confirm.Top == 1
            ? (confirm.Repeat + baseline, 0)
            : (confirm.Top * confirm.Repeat, IsMeasured(spec) ? confirm.Repeat + baseline : 0);
    }

    /// <summary>The runs of a finalist by which the winner is chosen.</summary>
    /// <param name="spec">The study's specification.</param>
    /// <param name="runs">All fresh runs of the finalist.</param>
    public static IReadOnlyList<RunWithMetrics> ChoosingRuns(StudySpec spec, IReadOnlyList<RunWithMetrics> runs) =>
        [.. runs.Where(run => spec.Confirm is not { } confirm || run.Run.Repeat <= confirm.Repeat)];

    /// <summary>The seeds and values of <see cref="ChoosingRuns"/>; the value of a run that failed or has not ended is null.</summary>
    public static IReadOnlyList<SeedValue> ChoosingValues(StudySpec spec, IReadOnlyList<RunWithMetrics> runs) =>
        [.. ChoosingRuns(spec, runs).Select(run => ValueOf(spec, run))];

    /// <summary>
    /// The constraint that the mean of <see cref="ChoosingRuns"/> breaks; null when they keep all, or when no run counts.
    /// </summary>
    public static Reason? BrokenConstraint(StudySpec spec, IReadOnlyList<RunWithMetrics> runs)
    {
        var counting = ChoosingRuns(spec, runs).Where(run => TrialOutcome.Value(run, spec.Metric.Name) is not null).ToList();
        return counting.Count == 0 ? null : MetricLimit.Check(spec.Constraints, name => MetricLimit.MeanOf(counting, name))?.Why;
    }

    internal static SeedValue ValueOf(StudySpec spec, RunWithMetrics run) =>
        new(run.Run.Seed, TrialOutcome.Value(run, spec.Metric.Name));
}
