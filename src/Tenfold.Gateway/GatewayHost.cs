using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Trace;
using Tenfold.App.Serving.Keys;
using Tenfold.App.Serving.Rollouts;
using Tenfold.Gateway.Forwarding;
using Tenfold.Gateway.Keys;
using Tenfold.Gateway.Protocol;
using Tenfold.Gateway.RequestLog;
using Tenfold.Gateway.Routing;
using Tenfold.Gateway.Watching;

namespace Tenfold.Gateway;

/// <summary>Composes the web server of the gateway.</summary>
public static class GatewayHost
{
    /// <summary>How long requests in flight may take when the gateway is stopped.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    /// <summary>Makes a gateway that is not yet started.</summary>
    /// <param name="options">What it is started with.</param>
    /// <param name="parts">What it works with.</param>
    public static WebApplication Create(GatewayOptions options, GatewayParts parts)
    {
        // Nothing is read from the working folder: whose files it has is unknown.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        Log(builder.Logging);
        builder.WebHost.UseUrls(options.Url).ConfigureKestrel(Limit);
        builder.WebHost.UseSockets(Schedule);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);
        builder.Services.AddGateway(options, parts);
        builder.Services.AddTraces();
        var app = builder.Build();
        app.UseMiddleware<Entrance>();
        app.UseMiddleware<ShortPath>();
        app.UseRouting();
        app.UseMiddleware<UnknownPaths>();
        app.MapInvocations();
        app.MapInferenceProtocol();
        app.MapOldContract();
        app.MapFeedback();
        app.MapDocuments();
        app.MapMetrics();
        return app;
    }

    /// <summary>Logs to standard error.</summary>
    internal static void Log(ILoggingBuilder logging)
    {
        logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddFilter("Tenfold", LogLevel.Information);
        // Its warnings are about single requests, which the request log has.
        logging.AddFilter("Yarp", LogLevel.None)
            // With a logger, each request would get an activity and a scope that nobody reads, and that activity, which is not sampled,
            // would become the parent of our traces.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        // Each version has a limit of its own, which is checked while the body is read.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MaxConcurrentConnections = 20_000;
        // A model's header may have any byte; YARP and the direct forwarder read headers as Latin-1.
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
    }

    private static void Schedule(SocketTransportOptions sockets)
    {
        sockets.UnsafePreferInlineScheduling = true;
        // Otherwise each request costs one more call of the system. An idle connection takes 4 KiB instead, so all of them 80 MB at most.
        sockets.WaitForDataBeforeAllocatingBuffer = false;
    }

    private static void AddGateway(this IServiceCollection services, GatewayOptions options, GatewayParts parts)
    {
        services.AddSingleton(options).AddSingleton(parts).AddSingleton(parts.Time).AddSingleton(parts.Recorder).AddSingleton(parts.Log);
        services.AddHttpForwarder();
        services.AddSingleton<RouteTable>().AddSingleton<GatewayMetrics>().AddSingleton<YarpForwarder>();
        services.AddSingleton<ModelCaller>().AddSingleton<InvocationHandler>().AddSingleton<ShadowSender>();
        services.AddSingleton(provider => new KeyRing(
            parts.Keys ?? new ApiKeyFile(options.Home, parts.Time), options.PollPause, parts.Time,
            provider.GetRequiredService<ILogger<KeyRing>>()));
        services.AddHostedService(provider => provider.GetRequiredService<KeyRing>());
        services.AddHostedService(provider => new RouteUpdater(
            parts.Ledger, parts.Replicas, provider.GetRequiredService<RouteTable>(), options.PollPause, parts.Time,
            provider.GetRequiredService<ILogger<RouteUpdater>>()));
        services.AddHostedService(provider => provider.GetRequiredService<ShadowSender>());
        services.AddSingleton(provider => new RolloutService(
            new RolloutWatch(parts.Ledger, parts.By, parts.Time, options.Rollouts, new RolloutFile(options.RolloutFile)),
            provider.GetRequiredService<RouteTable>(), options.PollPause, parts.Time,
            provider.GetRequiredService<ILogger<RolloutService>>()));
        services.AddHostedService(provider => provider.GetRequiredService<RolloutService>());
        if (parts.Responder is { } responder)
        {
            services.AddHostedService(provider => new CallService(
                responder, options.PollPause, parts.Time, provider.GetRequiredService<ILogger<CallService>>()));
        }

        if (parts.Cluster is not { } cluster) return;
        services.AddHostedService(provider => new LongRequests(
            provider.GetRequiredService<RouteTable>(), parts.Time, provider.GetRequiredService<ILogger<LongRequests>>()));
        services.AddHostedService(provider => new TaskLoad(
            cluster, provider.GetRequiredService<RouteTable>(), provider.GetRequiredService<GatewayMetrics>(), Console.Out, parts.Time));
    }

    // OpenTelemetry's own variables name the collector. Without them nothing is traced.
    private static void AddTraces(this IServiceCollection services)
    {
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is not { Length: > 0 }) return;
        services.AddOpenTelemetry().WithTracing(traces => traces.AddSource(RequestTraces.Name).AddOtlpExporter());
    }
}
