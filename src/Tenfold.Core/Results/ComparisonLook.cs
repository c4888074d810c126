using System.Text.Json.Serialization;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Results;

/// <summary>A comparison of two groups as the ledger records it, or the plan of several.</summary>
public sealed record ComparisonLook
{
    /// <summary>The baseline's id.</summary>
    public required string Baseline { get; init; }

    /// <summary>The candidate's id.</summary>
    public required string Candidate { get; init; }

    /// <summary>The name of the metric that decided.</summary>
    public required string Metric { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How many repeats the baseline had.</summary>
    public required int BaselineRepeats { get; init; }

    /// <summary>How many repeats the candidate had.</summary>
    public required int CandidateRepeats { get; init; }

    /// <summary>How many pairs were compared, or the smaller side's values; 0 when a plan was made and nothing compared.</summary>
    public required int Pairs { get; init; }

    /// <summary>True when a difference was shown.</summary>
    public required bool IsShown { get; init; }

    /// <summary>The plan that it belongs to; null for a comparison without a plan.</summary>
    public ComparisonPlan? Plan { get; init; }

    /// <summary>The statistic that was compared; null for the mean.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<LocationStatistic>))]
    public LocationStatistic? Statistic { get; init; }

    /// <summary>How many repeats a group had.</summary>
    /// <param name="group">The id of the baseline or the candidate.</param>
    public int RepeatsOf(string group) => group == Baseline ? BaselineRepeats : CandidateRepeats;
}

/// <summary>The plan to compare two groups while their repeats grow.</summary>
/// <param name="Max">The most repeats of each.</param>
/// <param name="Alpha">The chance of a false verdict over all looks.</param>
/// <param name="Existing">How many repeats the larger group had when the plan was made.</param>
/// <param name="Spent">The part of alpha that a comparison before the plan has spent; 0 for none.</param>
/// <param name="Margin">The margin about which the plan decides; null when it decides about a difference.</param>
public sealed record ComparisonPlan(int Max, double Alpha, int Existing, double Spent, double? Margin = null)
{
    /// <summary>
    /// The share of alpha that a plan has left after a comparison without a plan has spent alpha. All looks together then stay within 1.1
    /// times alpha.
    /// </summary>
    public const double LeftAfterLook = 0.1;
}

/// <summary>How looks are written as JSON in the ledger.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ComparisonLook))]
public sealed partial class LookJson : JsonSerializerContext;
