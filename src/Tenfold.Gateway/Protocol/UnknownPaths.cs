using Microsoft.AspNetCore.Http;

namespace Tenfold.Gateway.Protocol;

/// <summary>Answers requests for which there is no path, or no such method, with an error in JSON.</summary>
/// <param name="next">The next step.</param>
internal sealed class UnknownPaths(RequestDelegate next)
{
    /// <summary>Takes the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is { } endpoint && endpoint.DisplayName?.StartsWith("405", StringComparison.Ordinal) != true)
            return next(context);
        return context.GetEndpoint() is null
            ? Replies.ErrorAsync(context, StatusCodes.Status404NotFound, $"there is nothing at {context.Request.Path}")
            : Replies.ErrorAsync(context, StatusCodes.Status405MethodNotAllowed, $"{context.Request.Path} has no {context.Request.Method}");
    }
}
