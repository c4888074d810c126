using Tenfold.App.Metrics;

namespace Tenfold.App.Views;

// Views.cs says what may change.
#pragma warning disable MA0048

/// <summary>What was found in the logs of a group's ended runs.</summary>
/// <param name="Group">The group with its runs, as they are recorded now.</param>
/// <param name="Names">The metrics that were looked for.</param>
/// <param name="Found">What was found in the log of each attempt.</param>
/// <param name="Warnings">What a user should know of the values.</param>
public sealed record MetricReadingView(
    GroupResultView Group, IReadOnlyList<string> Names, IReadOnlyList<FoundMetricView> Found,
    IReadOnlyList<ReadingWarningView> Warnings)
{
    /// <summary>The view of a reading.</summary>
    public static MetricReadingView Of(MetricReading reading) => new(
        GroupResultView.Of(reading.Listing), reading.Names,
        [
            .. reading.Found.SelectMany(
                attempt => attempt.Value.Select(metric => new FoundMetricView(attempt.Key, MetricView.Of(metric)))),
        ],
        [
            .. reading.Warnings.Select(one => new ReadingWarningView(one.Attempt, one.Warning.Code, one.Warning.ToString())),
        ]);
}

/// <summary>A metric that was found in the log of an attempt.</summary>
public sealed record FoundMetricView(string Attempt, MetricView Metric);

/// <summary>What a user should know of the values of an attempt.</summary>
public sealed record ReadingWarningView(string Attempt, string Code, string Text);
