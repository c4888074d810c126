using Microsoft.AspNetCore.Http;
using Tenfold.Gateway.Forwarding;

namespace Tenfold.Gateway.Protocol;

/// <summary>
/// Answers <c>POST /models/M/invocations</c>, the path of nearly every request, without the router of ASP.NET. The router answers the same
/// path, and everything that is written in another way.
/// </summary>
/// <param name="next">The next step.</param>
/// <param name="handler">Answers requests to models.</param>
internal sealed class ShortPath(RequestDelegate next, InvocationHandler handler)
{
    private const string Before = "/models/", After = "/invocations";
    private readonly InvocationDialect _dialect = new();

    /// <summary>Takes the step.</summary>
    public Task InvokeAsync(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && ModelOf(context.Request.Path.Value) is { } model
            ? handler.HandleAsync(context, model, null, _dialect) : next(context);

    private static string? ModelOf(string? path)
    {
        if (path is null || path.Length <= Before.Length + After.Length || !path.StartsWith(Before, StringComparison.Ordinal)
            || !path.EndsWith(After, StringComparison.Ordinal)) return null;
        var model = path.AsSpan(Before.Length, path.Length - Before.Length - After.Length);
        return model.ContainsAny('/', '%') ? null : model.ToString();
    }
}
