using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Tenfold.Server.Api;

/// <summary>Turns views and outcomes into answers.</summary>
internal static class ApiAnswers
{
    /// <summary>A view as an answer.</summary>
    public static IResult Of<T>(T view, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        Results.Json(view, type, statusCode: status);

    /// <summary>The view of an outcome's value, or its refusal as a problem.</summary>
    public static IResult Of<T, TView>(Outcome<T> outcome, Func<T, TView> view, JsonTypeInfo<TView> type)
        where T : notnull => outcome.Match(value => Of(view(value), type), Problems.Of);

    /// <summary>Says in the API's document what a path answers.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder path, string name, string summary) =>
        path.WithName(name).WithSummary(summary).Produces<T>();
}
