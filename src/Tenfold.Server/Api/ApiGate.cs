using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tenfold.Core.Keys;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Server.Api;

/// <summary>
/// Stands before everything that needs a key: the API and the metrics. It refuses before a body is read, and turns every fault into a
/// problem.
/// </summary>
/// <param name="next">The next step.</param>
/// <param name="keys">The keys.</param>
/// <param name="failures">Bounds wrong keys.</param>
/// <param name="logger">Where it logs; never a key.</param>
internal sealed class ApiGate(RequestDelegate next, ApiKeyCheck keys, FailureLimit failures, ILogger<ApiGate> logger)
{
    /// <summary>The longest body of a request, in bytes.</summary>
    public const long MaxBodyBytes = 64 << 10;

    private const string Bearer = "Bearer ";

    /// <summary>Takes the step.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (!path.StartsWithSegments("/api") && !path.StartsWithSegments("/metrics"))
        {
            await next(context);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxBodyBytes;
        try
        {
            if (await FindKeyAsync(context) is not { } key) return;
            context.Features.Set(key);
            // A route that names no role is for administrators. What routing answers itself, such as 405, is no route.
            if (context.GetEndpoint() is RouteEndpoint route
                && (route.Metadata.GetMetadata<NeededRole>()?.Role ?? ServerRole.Admin) is var needed && key.Role < needed)
            {
                var word = needed.ToString().ToLowerInvariant();
                await Problems.WriteAsync(
                    context, 403, "forbidden",
                    $"the key '{key.Name}' has the role {key.Role.ToString().ToLowerInvariant()}, and this needs {word}: "
                    + $"`tenfold server keys add NAME --role {word}` on the server makes such a key");
                return;
            }

            await next(context);
            await ExplainAsync(context);
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await RefuseAsync(context, e);
        }
        catch (Exception e) when (context.Response.HasStarted)
        {
            // A broken answer must not look complete.
            if (e is not OperationCanceledException) logger.RequestFailed(context.Request.Path, e);
            context.Abort();
        }
    }

    private async Task<ServerKey?> FindKeyAsync(HttpContext context)
    {
        var given = context.Request.Headers.Authorization.ToString();
        // A known key passes at any time: others may share its address, and send wrong ones.
        if (await keys.FindAsync(KeyOf(given), context.RequestAborted) is { } found) return found;
        var address = AddressOf(context);
        if (failures.WaitOf(address) is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await Problems.WriteAsync(
                context, 429, "too-many-failures", "too many requests with a wrong key came from this address: try again later");
            return null;
        }

        // A request without a key is no attempt to guess one.
        if (given.Length > 0)
        {
            failures.Count(address);
            logger.WrongKey(address);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        await Problems.WriteAsync(
            context, 401, "unauthorized",
            given.Length == 0 ? "send an API key as `Authorization: Bearer KEY`; `tenfold server keys add NAME` on the server makes one"
            : "the server does not know this API key: it may have been removed, or is that of another server");
        return null;
    }

    /// <summary>The key in a request's header; empty when there is none.</summary>
    public static string KeyOf(string authorization) =>
        authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : "";

    // Behind a proxy on this machine every connection comes from this machine, and the proxy adds the address that it saw at the end.
    private static IPAddress AddressOf(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (!IPAddress.IsLoopback(peer)) return peer;
        var last = context.Request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim();
        return IPAddress.TryParse(last, out var forwarded) ? forwarded : peer;
    }

    private static Task ExplainAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.ContentLength > 0) return Task.CompletedTask;
        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problems.WriteAsync(
                context, 404, "no-such-path", "the API has no such path"),
            StatusCodes.Status405MethodNotAllowed => Problems.WriteAsync(
                context, 405, "wrong-method", $"this path can't be used with {context.Request.Method}"),
            StatusCodes.Status415UnsupportedMediaType => Problems.WriteAsync(
                context, 415, "bad-input", "the body must be JSON, with Content-Type: application/json"),
            _ => Task.CompletedTask,
        };
    }

    private Task RefuseAsync(HttpContext context, Exception error)
    {
        switch (error)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problems.WriteAsync(context, 413, "too-long", $"a body may have {MaxBodyBytes >> 10} kB");
            case BadHttpRequestException bad:
                return Problems.WriteAsync(context, bad.StatusCode, "bad-input", bad.Message);
            case LedgerException or StoreException or TargetException:
                logger.RequestFailed(context.Request.Path, error);
                return Problems.WriteAsync(context, 503, "unavailable", error.Message);
            default:
                logger.RequestFailed(context.Request.Path, error);
                return Problems.WriteAsync(context, 500, "bug", "the server failed at this request, and its log has the cause");
        }
    }
}
