namespace Tenfold.Core.Requests;

/// <summary>An outcome of a request that is known later: a click, a sale, the true label.</summary>
/// <remarks>For each request and metric the value with the latest <see cref="At"/> counts; the history keeps all.</remarks>
public sealed record Feedback
{
    /// <summary>The request.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>What was measured.</summary>
    public required string Metric { get; init; }

    /// <summary>The value; finite.</summary>
    public required double Value { get; init; }

    /// <summary>When the outcome was measured, or the feedback received if the client gave no time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Explains why the feedback can't be stored; null when it can.</summary>
    public static string? Check(string? metric, double value) =>
        string.IsNullOrWhiteSpace(metric) ? "metric is empty"
        : metric.Length > MaxMetricLength ? $"metric is longer than {MaxMetricLength} characters"
        : metric.Contains('\0', StringComparison.Ordinal) ? "metric contains a NUL character"
        : !double.IsFinite(value) ? "value is not a finite number"
        : null;

    /// <summary>The longest name of a metric.</summary>
    public const int MaxMetricLength = 200;
}

/// <summary>What became of feedback.</summary>
/// <param name="Added">First values of a request and a metric.</param>
/// <param name="Corrected">Values that replaced another value.</param>
/// <param name="Repeated">Values that equal the stored one.</param>
/// <param name="Superseded">Values older than the stored one. They are added to the history only.</param>
/// <param name="Unknown">Those of the added values whose request is not in the log. They count once the request is loaded.</param>
public sealed record FeedbackCounts(int Added, int Corrected, int Repeated, int Superseded, int Unknown)
{
    /// <summary>No feedback.</summary>
    public static FeedbackCounts None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Adds two counts.</summary>
    public static FeedbackCounts operator +(FeedbackCounts left, FeedbackCounts right) => new(
        left.Added + right.Added, left.Corrected + right.Corrected, left.Repeated + right.Repeated, left.Superseded + right.Superseded,
        left.Unknown + right.Unknown);
}
