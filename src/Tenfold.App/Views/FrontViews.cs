using System.Text.Json.Serialization;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.App.Views;

/// <summary>A point of a Pareto front that was run again with fresh seeds.</summary>
public sealed record ConfirmedFrontView(
    int Trial, string Group, int Runs, int N, IReadOnlyList<FreshObjectiveView> Objectives, bool IsOnFront)
{
    /// <summary>The constraint that the mean of the fresh runs breaks, in plain words; left out when they keep all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Broken { get; init; }

    /// <summary>The view of a record.</summary>
    public static ConfirmedFrontView Of(StudyRecord study, ConfirmedFrontPoint point) => new(
        point.Trial.Number, RunNames.Confirmation(study.Id, point.Trial.Number), point.Runs,
        point.Objectives.Count == 0 ? 0 : point.Objectives[0].N,
        [
            .. point.Objectives.Zip(study.Spec.Objectives, (one, metric) =>
                new FreshObjectiveView(metric.Name, one.Mean, one.Interval?.Low, one.Interval?.High, one.Values)),
        ],
        point.IsOnFront)
    {
        Broken = point.Broken.Words(),
    };
}

/// <summary>An objective over the fresh runs of a point.</summary>
public sealed record FreshObjectiveView(string Metric, double Mean, double? Low, double? High, IReadOnlyList<double> Values);
