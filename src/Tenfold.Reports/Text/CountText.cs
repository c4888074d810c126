using Tenfold.Core.Results;

namespace Tenfold.Reports.Text;

/// <summary>How many runs of a group count, and why the others don't.</summary>
public static class CountText
{
    /// <summary>The count on one line, such as <c>8 of 10 runs counted: 1 failed, 1 ended as NaN</c>.</summary>
    /// <param name="runs">The result of each run.</param>
    /// <param name="hasMetric">True when there is a deciding metric. Otherwise the line says <c>succeeded</c> instead of
    /// <c>counted</c>.</param>
    public static string Of(IReadOnlyList<RunValue> runs, bool hasMetric)
    {
        var all = Numbers.Count(runs.Count, "run");
        var counted = runs.Count(run => run.Missing is null);
        if (counted == runs.Count) return hasMetric ? all : $"{counted} of {all} succeeded";
        var reasons = runs.Select(Reason).OfType<string>().GroupBy(reason => reason).Select(same => $"{same.Count()} {same.Key}");
        return $"{counted} of {all} {(hasMetric ? "counted" : "succeeded")}: {string.Join(", ", reasons)}";
    }

    /// <summary>Why a run doesn't count, in two or three words, such as <c>ended as NaN</c>; null when it counts.</summary>
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
