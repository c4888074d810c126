using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Tenfold.Gateway.Protocol;
using Yarp.ReverseProxy.Forwarder;

namespace Tenfold.Gateway.Forwarding;

/// <summary>Forwards any request with YARP: streams, long bodies, and models behind https.</summary>
/// <param name="forwarder">YARP.</param>
internal sealed class YarpForwarder(IHttpForwarder forwarder) : IDisposable
{
    // The call's own deadline ends it. YARP's timeout only bounds the pause between two bytes.
    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromHours(24) };

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionIdleTimeout = ReplicaConnections.IdleLimit,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        EnableMultipleHttp2Connections = true,
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
    });

    /// <summary>Sends a request, and writes status and headers of the reply to the context and its body to <paramref name="reply"/>.
    /// </summary>
    public async Task<CallEnd> SendAsync(HttpContext context, ModelCall call, ReplyBody reply, CancellationToken deadline)
    {
        var client = context.Features.Get<IHttpResponseBodyFeature>()!;
        context.Request.Body = new MemoryStream(call.Body.ToArray(), writable: false);
        context.Request.ContentLength = call.Body.Length;
        context.Features.Set<IHttpResponseBodyFeature>(new CapturedBody(reply, client));
        var headers = context.Response.Headers.ToList();
        try
        {
            var error = await forwarder.SendAsync(context, call.Replica.Prefix, _invoker, Config, new Transformer(call), deadline);
            if (error == ForwarderError.None) return CallEnd.Complete;
            if (!context.Response.HasStarted) Restore(context.Response, headers);
            // YARP itself ends the client's connection after the model has cut a stream.
            if (error is ForwarderError.ResponseBodyDestination or ForwarderError.RequestBodyDestination) return CallEnd.Broken;
            if (context.RequestAborted.IsCancellationRequested) return CallEnd.ClientGone;
            if (deadline.IsCancellationRequested) return CallEnd.TimedOut;
            var isUnsent = context.Features.Get<IForwarderErrorFeature>()?.Exception
                is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } or SocketException;
            return isUnsent ? CallEnd.NotConnected : CallEnd.Broken;
        }
        finally
        {
            context.Features.Set(client);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    // YARP has written an error of its own, and would refuse to try another replica.
    private static void Restore(HttpResponse response, List<KeyValuePair<string, StringValues>> headers)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.Headers.Clear();
        foreach (var header in headers) response.Headers.Add(header);
    }

    private sealed class Transformer(ModelCall call) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            var connection = httpContext.Request.Headers.Connection;
            RemoveAll(proxyRequest.Headers, name => !PassedHeaders.GoesToModel(name, connection));
            if (proxyRequest.Content is { } content)
            {
                RemoveAll(content.Headers, name => name != "Content-Length" && !PassedHeaders.GoesToModel(name, connection));
                if (call.ContentType is { } type) content.Headers.TryAddWithoutValidation("Content-Type", type);
            }

            proxyRequest.RequestUri = call.Replica.Invocations;
            proxyRequest.Method = HttpMethod.Post;
            proxyRequest.Headers.TryAddWithoutValidation(HeaderNames.RequestId, call.Id.ToString());
        }

        public override async ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            if (proxyResponse is null) return true;
            var connection = proxyResponse.Headers.NonValidated.TryGetValues("Connection", out var named)
                ? new StringValues([.. named]) : StringValues.Empty;
            var response = httpContext.Response;
            CopyHeaders(proxyResponse.Headers, response, connection);
            CopyHeaders(proxyResponse.Content.Headers, response, connection);
            response.ContentLength = proxyResponse.Content.Headers.ContentLength;
            if (response.ContentLength is null && response.ContentType?.StartsWith("text/event-stream", StringComparison.Ordinal) == true
                && httpContext.Features.Get<IHttpResponseBodyFeature>() is CapturedBody { } captured)
                await captured.BeginStreamAsync(cancellationToken);
            return true;
        }

        private static void CopyHeaders(HttpHeaders headers, HttpResponse response, StringValues connection)
        {
            foreach (var (name, values) in headers.NonValidated)
                if (PassedHeaders.GoesToClient(name, connection)) response.Headers.Append(name, new StringValues([.. values]));
        }

        private static void RemoveAll(HttpHeaders headers, Func<string, bool> isRemoved)
        {
            foreach (var name in headers.NonValidated.Select(header => header.Key).Where(isRemoved).ToList()) headers.Remove(name);
        }
    }

    /// <summary>The body of the reply, as YARP sees it: what starts or completes it is up to the handler.</summary>
    private sealed class CapturedBody(ReplyBody reply, IHttpResponseBodyFeature client) : IHttpResponseBodyFeature
    {
        public Stream Stream => reply;

        public System.IO.Pipelines.PipeWriter Writer => throw new NotSupportedException();

        // A client that opens an event stream waits for the headers, which may come long before the first event.
        public Task BeginStreamAsync(CancellationToken cancellationToken) =>
            reply.MayPassOn ? client.StartAsync(cancellationToken) : Task.CompletedTask;

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
