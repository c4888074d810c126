using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Reports.Groups;

namespace Tenfold.Reports.Text;

/// <summary>How many runs of a group count, and why the others don't.</summary>
public static class CountText
{
    /// <summary>In a line: <c>8 of 10 runs counted: 1 failed, 1 ended as NaN</c>.</summary>
    /// <param name="group">The group.</param>
    /// <param name="hasMetric">True when the report has a metric; else <c>succeeded</c> stands for <c>counted</c>.</param>
    public static string Of(ReportGroup group, bool hasMetric)
    {
        var all = Numbers.Count(group.Runs.Count, "run");
        var reasons = group.Runs.Select(run => Reason(run.Result)).OfType<string>().GroupBy(reason => reason)
            .Select(same => $"{same.Count()} {same.Key}").ToList();
        var counted = hasMetric
            ? reasons.Count == 0 ? all : $"{group.Summary?.N ?? 0} of {all} counted"
            : $"{group.Runs.Count(run => run.Record.State == RunState.Succeeded)} of {all} succeeded";
        return reasons.Count == 0 ? counted : $"{counted}: {string.Join(", ", reasons)}";
    }

    /// <summary>Why a run doesn't count, in two or three words: <c>ended as NaN</c>; null when it does.</summary>
    public static string? Reason(RunValue run) => run.Missing switch
    {
        null => null,
        MissingValue.Failed => "failed",
        MissingValue.Cancelled => "cancelled",
        MissingValue.NotStarted => "not started",
        MissingValue.StillRunning => "still running",
        MissingValue.NotReported => "without the metric",
        _ => $"ended as {Numbers.Format(run.Last ?? double.NaN)}",
    };
}
