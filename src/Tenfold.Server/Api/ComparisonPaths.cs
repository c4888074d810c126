using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tenfold.App;
using Tenfold.App.Comparing;
using Tenfold.App.Fitting;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Numerics.Statistics;
using Tenfold.Server.Control;

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
        api.MapPost("/compare/plan", StepAsync).Accepts<PlanRequest>("application/json")
            .Answers<PlannedStepView>(
                "compareByPlan", "Does the next step of a plan to compare two growing groups: looks, and adds repeats if the plan goes on")
            .Needs(ServerRole.Run);
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
        if (!Inputs.Word<LocationStatistic>("statistic", body.Statistic).Succeeded(out var statistic, out refusal)
            || !OptionsOf(body.Metric, body.Alpha, body.Margin).Succeeded(out var options, out refusal))
            return refusal;
        return new Asked(body, options with { Statistic = statistic.Value ?? LocationStatistic.Mean });
    }

    private static async Task<IResult> StepAsync(
        HttpContext context, Services services, ControlService control, ILogger<ControlService> logger,
        CancellationToken cancellationToken)
    {
        var read = await Inputs.ReadAsync(context.Request, ApiJson.Default.PlanRequest, cancellationToken);
        if (!read.Succeeded(out var body, out var refusal) || !Inputs.Ids(body.Groups, 2, 2).Succeeded(out _, out refusal)
            || !Inputs.Count("max", body.Max, 1, Summary.Few, GroupExtender.MaxRepeats).Succeeded(out _, out refusal)
            || !OptionsOf(body.Metric, body.Alpha, body.Margin).Succeeded(out var options, out refusal)
            || !(await new PlannedComparer(services).StepAsync(body.Groups, body.Metric, options, body.Max, cancellationToken))
                .Succeeded(out var step, out refusal))
            return Problems.Of(refusal);
        foreach (var grown in step.Waiting.Where(group => group.Runs.Count > 0))
        {
            control.Wake();
            logger.RunsChanged(
                context.Features.GetRequiredFeature<ServerKey>().Name, $"extended {grown.Group.Id} for its plan", grown.Runs.Count);
        }

        return ApiAnswers.Of(PlannedStepView.Of(step), ViewJson.Default.PlannedStepView);
    }

    private static Outcome<ComparisonOptions> OptionsOf(string? metric, double? alpha, double? margin)
    {
        if (!MetricOf(metric).Succeeded(out _, out var refusal)) return refusal;
        if (alpha is { } level && level is not (> 0 and < 0.5))
            return Refusal.BadInput("alpha must be a number between 0 and 0.5, such as 0.05");
        if (margin is { } size && !(size > 0 && double.IsFinite(size)))
            return Refusal.BadInput("margin must be a number above 0, in the metric's unit");
        var options = new ComparisonOptions { Margin = margin };
        return alpha is { } given ? options with { Alpha = given } : options;
    }

    /// <summary>Checks the length of a metric.</summary>
    /// <returns>The metric, empty when there is none; or BadInput.</returns>
    public static Outcome<string> MetricOf(string? metric) =>
        metric is { Length: > LongestName } ? Refusal.BadInput($"the metric has more than {LongestName} characters") : metric ?? "";

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

/// <summary>A plan to compare two groups while their repeats grow.</summary>
internal sealed record PlanRequest
{
    /// <summary>The baseline and the candidate.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>The most repeats of each group.</summary>
    public required int Max { get; init; }

    /// <summary>As in a comparison.</summary>
    public string? Metric { get; init; }

    /// <summary>The chance of a false verdict over all looks, between 0 and 0.5; null for 0.05.</summary>
    public double? Alpha { get; init; }

    /// <summary>As in a comparison.</summary>
    public double? Margin { get; init; }
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
[JsonSerializable(typeof(PlanRequest))]
[JsonSerializable(typeof(ReportBody))]
[JsonSerializable(typeof(ResumeBody))]
[JsonSerializable(typeof(StudyBody))]
[JsonSerializable(typeof(TargetsBody))]
[JsonSerializable(typeof(MetricsBody))]
internal sealed partial class ApiJson : JsonSerializerContext;
