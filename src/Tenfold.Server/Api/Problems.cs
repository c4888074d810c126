using Microsoft.AspNetCore.Http;
using Tenfold.App.Views;

namespace Tenfold.Server.Api;

/// <summary>Answers with problems in the form of RFC 9457.</summary>
internal static class Problems
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>A refusal as an answer.</summary>
    public static IResult Of(Refusal refusal)
    {
        var (status, code) = KindOf(refusal.Kind);
        var view = View(status, code, refusal.Message);
        if (refusal.Faults.Count > 0) view = view with { Faults = [.. refusal.Faults.Select(FaultView.Of)] };
        return Results.Json(view, ViewJson.Default.ProblemView, MediaType, status);
    }

    /// <summary>A problem as an answer.</summary>
    public static IResult Of(int status, string code, string detail) =>
        Results.Json(View(status, code, detail), ViewJson.Default.ProblemView, MediaType, status);

    /// <summary>Writes a problem.</summary>
    public static Task WriteAsync(HttpContext context, int status, string code, string detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            View(status, code, detail), ViewJson.Default.ProblemView, MediaType, context.RequestAborted);
    }

    private static ProblemView View(int status, string code, string detail) =>
        new(Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), status, detail, code);

    // The command line turns the code into the exit code that it has without a server.
    private static (int Status, string Code) KindOf(RefusalKind kind) => kind switch
    {
        RefusalKind.BadInput => (StatusCodes.Status400BadRequest, "bad-input"),
        RefusalKind.NotFound => (StatusCodes.Status404NotFound, "not-found"),
        RefusalKind.AlreadyExists => (StatusCodes.Status409Conflict, "already-exists"),
        RefusalKind.NotPassed => (StatusCodes.Status409Conflict, "not-passed"),
        RefusalKind.Damaged => (StatusCodes.Status500InternalServerError, "damaged"),
        RefusalKind.Unavailable => (StatusCodes.Status503ServiceUnavailable, "unavailable"),
        RefusalKind.CannotWrite => (StatusCodes.Status503ServiceUnavailable, "cannot-write"),
        _ => throw new System.Diagnostics.UnreachableException($"no status for {kind}"),
    };
}
