using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tenfold.App;
using Tenfold.App.Reporting;
using Tenfold.Core.Keys;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Server.Api;

/// <summary>Reports. They are posted, since one that compares groups is a look at them, which the ledger records.</summary>
internal static class ReportPaths
{
    private const string MediaType = "text/html";

    private const int Most = 20;

    /// <summary>Adds the path.</summary>
    public static void MapReports(this IEndpointRouteBuilder api) =>
        api.MapPost("/reports", RenderAsync).Accepts<ReportBody>("application/json").WithName("renderReport")
            .WithSummary("A report of a study, of groups with the baseline first, or of a deployed model, as a page without scripts")
            .Produces<string>(StatusCodes.Status200OK, MediaType).Needs(ServerRole.Read);

    private static async Task<IResult> RenderAsync(Services services, HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await Inputs.ReadAsync(request, ApiJson.Default.ReportBody, cancellationToken);
        if (!read.Succeeded(out var body, out var refusal) || !Inputs.Ids(body.Ids, 1, Most).Succeeded(out _, out refusal)
            || !ComparisonPaths.MetricOf(body.Metric).Succeeded(out _, out refusal)
            || !Inputs.Word<LocationStatistic>("statistic", body.Statistic).Succeeded(out var statistic, out refusal))
            return Problems.Of(refusal);
        var rendered = await new ReportRenderer(services).RenderAsync(
            body.Ids, body.Metric, statistic.Value ?? LocationStatistic.Mean, cancellationToken);
        return rendered.Match(html => Results.Text(html, MediaType, Encoding.UTF8), Problems.Of);
    }
}

/// <summary>What to report.</summary>
internal sealed record ReportBody
{
    /// <summary>A study; groups, the baseline first; or the name of a deployed model.</summary>
    public required IReadOnlyList<string> Ids { get; init; }

    /// <summary>The metric by which groups are compared, such as <c>accuracy:maximize</c>; null for the one that they agree on.</summary>
    public string? Metric { get; init; }

    /// <summary>What is compared: <c>mean</c>, <c>trimmed</c>, <c>median</c> or <c>iqm</c>; null for the mean.</summary>
    public string? Statistic { get; init; }
}
