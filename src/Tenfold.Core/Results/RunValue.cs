using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Results;

/// <summary>The result of a run in the metric that decides, and whether it counts.</summary>
/// <param name="Last">The metric's last value in any state of the run; may be NaN or infinite. Null: the run never reported it.</param>
/// <param name="Missing">Why the run doesn't count; null when it does.</param>
/// <remarks>
/// A run counts when it succeeded and its last value is finite. A run that failed half-way, or whose loss ended as NaN, has earlier finite
/// values, but they are not the result of its training.
/// </remarks>
public readonly record struct RunValue(double? Last, MissingValue? Missing)
{
    /// <summary>The value that counts; null when none does.</summary>
    public double? Value => Missing is null ? Last : null;

    /// <summary>Finds a run's value.</summary>
    /// <param name="run">The run.</param>
    /// <param name="metric">The name of the metric that decides. Null for none: then each run that succeeded counts.</param>
    public static RunValue Of(RunWithMetrics run, string? metric)
    {
        ArgumentNullException.ThrowIfNull(run);
        var last = metric is null ? null : run.Metrics.FirstOrDefault(one => one.Name == metric)?.Last;
        MissingValue? missing = run.Run.State switch
        {
            RunState.Failed => MissingValue.Failed,
            RunState.Cancelled => MissingValue.Cancelled,
            RunState.Queued => MissingValue.NotStarted,
            RunState.Running => MissingValue.StillRunning,
            _ when metric is null => null,
            _ when last is null => MissingValue.NotReported,
            _ when !double.IsFinite(last.Value) => MissingValue.NotFinite,
            _ => null,
        };
        return new(last, missing);
    }
}

/// <summary>Why a run has no value that counts.</summary>
public enum MissingValue
{
    /// <summary>The run failed.</summary>
    Failed,

    /// <summary>The run was cancelled.</summary>
    Cancelled,

    /// <summary>The run has not started.</summary>
    NotStarted,

    /// <summary>The run has not ended.</summary>
    StillRunning,

    /// <summary>The run succeeded, but never reported the metric.</summary>
    NotReported,

    /// <summary>The run succeeded, and its last value is NaN or infinite.</summary>
    NotFinite,
}
