using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;

namespace Tenfold.Reports.Groups;

/// <summary>A run in a report.</summary>
public sealed record ReportRun
{
    /// <summary>The run's record in the ledger.</summary>
    public required RunRecord Record { get; init; }

    /// <summary>The run's metrics, with their series.</summary>
    public required IReadOnlyList<MetricSummary> Metrics { get; init; }

    /// <summary>The run's result in the deciding metric, and whether it counts.</summary>
    public required RunValue Result { get; init; }

    /// <summary>The value that counts; null when none does.</summary>
    public double? Value => Result.Value;

    /// <summary>
    /// The time from the first start to the end, including retries and waits; to the time of the report for a running run. Null when the
    /// run never started, or when a clock was set back.
    /// </summary>
    public required TimeSpan? Duration { get; init; }

    /// <summary>Makes a run of a report.</summary>
    /// <param name="run">The run, with its metrics.</param>
    /// <param name="metric">The name of the metric that decides; null for none.</param>
    /// <param name="now">The time of the report.</param>
    internal static ReportRun Of(RunWithMetrics run, string? metric, DateTimeOffset now)
    {
        var record = run.Run;
        var duration = (record.EndedAt ?? (record.State.IsFinal() ? null : now)) - record.StartedAt;
        return new()
        {
            Record = record,
            Metrics = run.Metrics,
            Result = RunValue.Of(run, metric),
            Duration = duration >= TimeSpan.Zero ? duration : null,
        };
    }
}
