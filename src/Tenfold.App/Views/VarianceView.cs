using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics.Variance;
using Tenfold.Reports.Text;

namespace Tenfold.App.Views;

// The shapes of --json; docs/json.md describes every field.
#pragma warning disable MA0048

/// <summary>Where the variance between a group's runs comes from.</summary>
public sealed record VarianceView(
    string Metric, double Confidence, IReadOnlyList<SourceVarianceView> Sources, SourceVarianceView Together, double? SumStandardDeviation,
    double? SumPValue, string? Largest, IReadOnlyList<string> Notes)
{
    /// <summary>The view of a group's variance; null for none.</summary>
    public static VarianceView? Of(GroupVariance? group) => group is null ? null : new(
        group.Metric.Name, group.Components.Confidence,
        [
            .. group.Components.Sources.Zip(group.Variation.Sources, (source, declared) =>
                SourceVarianceView.Of(source, declared.Parameter)),
        ],
        SourceVarianceView.Of(group.Components.Together, null), group.Components.SumStandardDeviation, group.Components.SumPValue,
        group.Components.Largest, [.. VarianceWords.Notes(group)]);
}

/// <summary>The variance of a source, or of all together.</summary>
public sealed record SourceVarianceView(
    string Name, string? Parameter, int Count, double? StandardDeviation, double? Low, double? High, double? DegreesOfFreedom,
    double? Share, string Finding)
{
    /// <summary>The view of a source.</summary>
    public static SourceVarianceView Of(SourceVariance source, string? parameter) => new(
        source.Name, parameter, source.Count, source.StandardDeviation, source.Interval?.Low, source.Interval?.High,
        source.DegreesOfFreedom, source.Share, VarianceWords.Word(source.Finding));
}
