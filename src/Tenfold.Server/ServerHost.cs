using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Tenfold.App.Pushes;
using Tenfold.App.Pushes.Submitting;
using Tenfold.App.Pushes.Webhooks;
using Tenfold.App.Watching;
using Tenfold.Server.Api;
using Tenfold.Server.Control;
using Tenfold.Server.Watching;
using Tenfold.Server.Webhooks;

namespace Tenfold.Server;

/// <summary>Composes the server.</summary>
public static class ServerHost
{
    // A round of the control loop in progress, and a push that is being planned, may take this long to stop.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    /// <summary>Makes a server that is not yet started.</summary>
    /// <param name="options">What it is started with.</param>
    /// <param name="parts">What it works with.</param>
    public static WebApplication Create(ServerOptions options, ServerParts parts)
    {
        // Nothing is read from the working folder: whose files it has is unknown.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        Log(builder.Logging, options.LogsJson);
        builder.WebHost.UseUrls(options.Url).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);
        builder.Services.AddServer(options, parts);
        var app = builder.Build();
        app.UseRequestCount();
        app.UseRouting();
        app.UseMiddleware<ApiGate>();
        app.MapWebhooks();
        app.MapHealth();
        app.MapMetrics();
        app.MapApi();
        return app;
    }

    /// <summary>Logs to standard error.</summary>
    internal static void Log(ILoggingBuilder logging, bool json)
    {
        logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddFilter("Tenfold", LogLevel.Information);
        // A server that can't start says so itself, in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (json)
        {
            logging.AddJsonConsole(
                console => (console.UseUtcTimestamp, console.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        }
        else logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void AddServer(this IServiceCollection services, ServerOptions options, ServerParts parts)
    {
        var own = parts.Services;
        services.AddSingleton(options).AddSingleton(parts).AddSingleton(own.Time).AddSingleton(own.Pushes);
        services.AddSingleton(provider => new WebhookReceiver(
            () => parts.Repositories, own.HostSecrets, own.Pushes, own.Time, provider.GetRequiredService<ILogger<WebhookReceiver>>()));
        services.AddApi(own);
        var repositories = new RepositoryAccess(own, parts.Repositories);
        services.AddSingleton(new CommitFits(own, repositories, own.Logs.CreateLogger<CommitFits>()));
        services.AddSingleton(new CommitTargets(own, repositories, own.Logs.CreateLogger<CommitTargets>()));
        services.AddSingleton(new CommitStudies(own, repositories, own.Logs.CreateLogger<CommitStudies>()));
        services.AddSingleton(new StudyReader(own));
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton(new BodyBudget(options.MaxBodiesBytes)).AddSingleton<WebhookParts>();
        services.AddSingleton<ControlService>().AddHostedService(provider => provider.GetRequiredService<ControlService>());
        services.AddHostedService<PoolService>().AddHostedService<QueueService>();
        services.AddSingleton<PushService>().AddHostedService(provider => provider.GetRequiredService<PushService>());
    }
}
