using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Groups;

namespace Tenfold.Reports.Studies;

/// <summary>The finalists of a study, run again with fresh seeds.</summary>
/// <param name="Trials">The numbers of the finalists; the first was the best in the sweep.</param>
/// <param name="Runs">The fresh runs: a group for each finalist, in this order. Each is compared with the first.</param>
/// <param name="Winner">The position of the winner among the finalists; null when no finalist has a value.</param>
public sealed record StudyConfirmation(IReadOnlyList<int> Trials, ReportModel Runs, int? Winner)
{
    /// <summary>The number of the winner's trial; null without a winner.</summary>
    public int? WinnerTrial => Winner is { } place ? Trials[place] : null;

    /// <summary>The constraint that each finalist breaks with fresh seeds, which then can't win; null when it keeps all.</summary>
    public IReadOnlyList<Reason?> Broken { get; init; } = [];

    /// <summary>The winner's runs after the choice, beside the baseline's; null when there are none.</summary>
    public ConfirmationMeasurement? Measured { get; init; }

    /// <summary>The winner's values with fresh seeds. The interval allows for the choice. Null without a winner.</summary>
    public Summary? WinnerSummary => ConfirmationMeasurement.Prefer(
        Measured, Winner is { } place && Runs.Groups[place].Summary is { } summary
            ? FinalistChoice.Summarise(summary.Values, Runs.Options.Confidence, Trials.Count) : null);

    /// <summary>Computes the confirmation; null when no trial was run again.</summary>
    internal static StudyConfirmation? Of(StudyReportInput input, IReadOnlyList<StudyTrial> ranked)
    {
        if (input.Confirmed.Count == 0) return null;
        var metric = input.Study.Spec.Metric;
        var labels = input.Confirmed.Select(trial => $"trial {trial.Trial}").ToList();
        var runs = ReportModel.From([.. input.Confirmed.Select(trial => trial.Runs)], metric, input.Now, input.Options, labels);
        var spec = input.Study.Spec;
        List<Reason?> broken = [.. input.Confirmed.Select(trial => ConfirmationPlan.BrokenConstraint(spec, trial.Runs.Runs))];
        var winner = FinalistChoice.Best(
            [
                .. input.Confirmed.Select((trial, i) =>
                    broken[i] is null ? ConfirmationPlan.ChoosingValues(spec, trial.Runs.Runs) : []),
            ],
            runs.Goal);
        return new([.. input.Confirmed.Select(trial => trial.Trial)], runs, winner) { Measured = input.Measured, Broken = broken };
    }
}
