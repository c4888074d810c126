using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Groups;

namespace Tenfold.Reports.Studies;

/// <summary>A study's finalists, run again with fresh seeds.</summary>
/// <param name="Trials">The finalists, in order; the first is the one that the sweep took for the best.</param>
/// <param name="Runs">Their runs, a group each, in the same order; compared with the first.</param>
/// <param name="Winner">Which of them is taken for the best; null when none has a value.</param>
public sealed record StudyConfirmation(IReadOnlyList<int> Trials, ReportModel Runs, int? Winner)
{
    /// <summary>The winner's trial; null when there is none.</summary>
    public int? WinnerTrial => Winner is { } place ? Trials[place] : null;

    /// <summary>The winner's confirmed values; null when there is none.</summary>
    public Summary? WinnerSummary => Winner is { } place ? Runs.Groups[place].Summary : null;

    /// <summary>Reckons it; null when nothing was confirmed.</summary>
    public static StudyConfirmation? Of(StudyReportInput input, IReadOnlyList<StudyTrial> ranked)
    {
        if (input.Confirmed.Count == 0) return null;
        var metric = input.Study.Spec.Metric;
        var labels = input.Confirmed.Select(one => $"trial {one.Trial}").ToList();
        var runs = ReportModel.From([.. input.Confirmed.Select(one => one.Runs)], metric, input.Now, input.Options, labels);
        return new([.. input.Confirmed.Select(one => one.Trial)], runs, ConfirmationResult.PlaceOf([.. runs.Groups.Select(group => group.Summary)], runs.Comparisons, runs.Goal));
    }
}
