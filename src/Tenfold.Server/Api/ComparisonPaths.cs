using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tenfold.App;
using Tenfold.App.Comparing;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Server.Api;

/// <summary>Comparisons. They are posted, since the ledger counts them.</summary>
internal static class ComparisonPaths
{
    private const int Most = 100, LongestName = 200;

    /// <summary>Adds the paths.</summary>
    public static void MapComparisons(this IEndpointRouteBuilder api)
    {
        api.MapPost("/compare", CompareAsync).Accepts<CompareRequest>("application/json")
            .Answers<CompareView>("compare", "Tests whether groups differ from a baseline, the first, by more than chance")
            .Needs(ServerRole.Read);
        api.MapPost("/compare/across", CompareAcrossAsync).Accepts<CompareRequest>("application/json")
            .Answers<AcrossView>("compareAcross", "Compares on several data sets or tasks, with one verdict")
            .Needs(ServerRole.Read);
    }

    private static async Task<IResult> CompareAsync(Services services, HttpRequest request, CancellationToken cancellationToken)
    {
        if (!(await ReadAsync(request, cancellationToken)).Succeeded(out var asked, out var refusal)) return Problems.Of(refusal);
        if (asked.Request.Across is not null) return Problems.Of(Refusal.BadInput($"`across` belongs to {ApiPaths.Base}/compare/across"));
        var comparison = await new GroupLoader(services).CompareAsync(
            asked.Request.Groups, asked.Request.Metric, asked.Options, cancellationToken);
        return ApiAnswers.Of(comparison, CompareView.Of, ViewJson.Default.CompareView);
    }

    private static async Task<IResult> CompareAcrossAsync(Services services, HttpRequest request, CancellationToken cancellationToken)
    {
        if (!(await ReadAsync(request, cancellationToken)).Succeeded(out var asked, out var refusal)) return Problems.Of(refusal);
        if (asked.Request.Across is not { Length: > 0 and <= LongestName } across)
            return Problems.Of(Refusal.BadInput("`across` must be data, or the name of a parameter"));
        var comparison = await new AcrossComparer(services).CompareAsync(
            asked.Request.Groups, asked.Request.Metric, across, asked.Options, cancellationToken);
        return ApiAnswers.Of(comparison, AcrossView.Of, ViewJson.Default.AcrossView);
    }

    private static async Task<Outcome<Asked>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await Inputs.ReadAsync(request, ApiJson.Default.CompareRequest, cancellationToken);
        if (!read.Succeeded(out var body, out var refusal)) return refusal;
        if (!Inputs.Ids(body.Groups, 2, Most).Succeeded(out _, out refusal)) return refusal;
        if (body.Metric is { Length: > LongestName }) return Refusal.BadInput($"the metric has more than {LongestName} characters");
        if (body.Alpha is { } alpha && alpha is not (> 0 and < 0.5))
            return Refusal.BadInput("alpha must be a number between 0 and 0.5, such as 0.05");
        if (body.Margin is { } margin && !(margin > 0 && double.IsFinite(margin)))
            return Refusal.BadInput("margin must be a number above 0, in the metric's unit");
        var statistics = Enum.GetValues<LocationStatistic>().ToDictionary(StatisticText.Option);
        var statistic = LocationStatistic.Mean;
        if (body.Statistic is { } word && !statistics.TryGetValue(word, out statistic))
            return Refusal.BadInput($"statistic must be one of {string.Join(", ", statistics.Keys)}");
        var options = new ComparisonOptions { Margin = body.Margin, Statistic = statistic };
        return new Asked(body, body.Alpha is { } level ? options with { Alpha = level } : options);
    }

    private sealed record Asked(CompareRequest Request, ComparisonOptions Options);
}

/// <summary>What to compare.</summary>
internal sealed record CompareRequest
{
    /// <summary>The groups, the baseline first; across tasks, two of each task.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>The metric, such as <c>accuracy:maximize</c>; null for the one that the groups agree on.</summary>
    public string? Metric { get; init; }

    /// <summary>The significance level, between 0 and 0.5; null for 0.05.</summary>
    public double? Alpha { get; init; }

    /// <summary>The difference that is too small to matter, in the metric's unit; null for none.</summary>
    public double? Margin { get; init; }

    /// <summary>What is compared: <c>mean</c>, <c>trimmed</c>, <c>median</c> or <c>iqm</c>; null for the mean.</summary>
    public string? Statistic { get; init; }

    /// <summary>What tells tasks apart: <c>data</c>, or the name of a parameter; only across tasks.</summary>
    public string? Across { get; init; }
}

/// <summary>Reads the bodies of requests. What they do not know is refused: it would be ignored otherwise.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CompareRequest))]
[JsonSerializable(typeof(FitBody))]
[JsonSerializable(typeof(IdsRequest))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(MoreRunsBody))]
[JsonSerializable(typeof(MoveRequest))]
[JsonSerializable(typeof(ResumeBody))]
[JsonSerializable(typeof(StudyBody))]
internal sealed partial class ApiJson : JsonSerializerContext;
