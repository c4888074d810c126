using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.App;
using Tenfold.App.Serving.Keys;
using Tenfold.App.Serving.Preparing;
using Tenfold.Core.Requests.Remote;
using Tenfold.App.Serving.Replicas;
using Tenfold.Aws.Serving;
using Tenfold.Cli;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Keys;
using Tenfold.Gateway.RequestLog;
using Tenfold.Gateway.Routing;
using Tenfold.Sql;
using Tenfold.Sql.Requests;

namespace Tenfold.Gateway;

/// <summary>The program: a gateway over the ledger and the home of this process, until it is stopped.</summary>
internal static class GatewayProcess
{
    /// <summary>Runs the gateway.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        try
        {
            return await GatewayArguments.Parse(arguments).Match(RunAsync, refusal => Task.FromResult(Fail(refusal)));
        }
        catch (CommandException e)
        {
            return Fail(e.Message, e.ExitCode);
        }
        catch (LedgerException e)
        {
            return Fail(e.Message, ExitCodes.CannotWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            return Fail(e.Message, ExitCodes.CannotWrite);
        }
    }

    private static async Task<int> RunAsync(GatewayArguments arguments)
    {
        var services = ProcessServices.Open(onDamaged: record => Console.Error.WriteLine($"tenfold: warning: {record}"));
        // After the environment of this process was read, so that no replica gets this setting.
        SocketThreads.Use();
        var home = VersionPreparer.Home(services);
        using var logs = LoggerFactory.Create(GatewayHost.Log);
        var requests = Databases.OpenRequests(
            services.Environment.GetValueOrDefault("TENFOLD_LEDGER"), Path.Combine(home, "requests.db"), services.Time);
        var log = new SqlRequestLog(requests, services.Time);
        var spool = new SpoolOptions
        {
            Folder = Path.Combine(home, "spool", arguments.Id),
            Durability = arguments.Durability,
            WhenFull = arguments.WhenFull,
        };
        if (arguments.BudgetBytes is { } budget) spool = spool with { BudgetBytes = budget };
        await using var owner = await ReplicaOwner.OpenAsync(home, services.Environment.GetValueOrDefault("PATH"), services.Time);
        var opened = RequestRecorder.Open(spool, log, services.Time, logs.CreateLogger<RequestRecorder>());
        if (!opened.Succeeded(out var recorder, out var refusal)) return Fail(refusal);
        await using (recorder)
        {
            var options = new GatewayOptions
            {
                Url = arguments.Url,
                Home = services.Home,
                OldContractModel = arguments.DefaultModel,
                Forwarding = arguments.Forwarding,
            };
            // In a stack of serving on AWS, versions are recorded in its bucket, and run as services of its cluster.
            var shared = OpenSharedStore(services);
            var cluster = services.Environment.GetValueOrDefault("TENFOLD_SERVING_CLUSTER");
            using var tasks = cluster is { Length: > 0 } ? new VersionTasks(cluster, null, services.Time) : null;
            IReplicaHost local = new LocalReplicas(new VersionPreparer(services), owner);
            var parts = new GatewayParts
            {
                Ledger = shared is null ? services.Versions : new StoreVersionLedger(shared),
                Keys = shared is null ? services.Keys : new ApiKeyRecord(shared, services.Time),
                Responder = shared is null ? null : new LogResponder(shared, log, services.Time),
                Replicas = tasks is null ? local : new EcsReplicas(local, tasks, EcsReplicas.DefaultPause, services.Time),
                Cluster = tasks is null ? null : cluster,
                Recorder = recorder,
                Log = log,
                Time = services.Time,
                By = $"gateway@{services.Session.Machine}",
            };
            await using var app = GatewayHost.Create(options, parts);
            await app.StartAsync();
            Announce(app);
            var upkeep = new RequestUpkeep(spool, log, arguments.Retention, services.Time, logs.CreateLogger<RequestUpkeep>());
            var stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            var upkeeping = SocketThreads.RunElsewhereAsync(() => upkeep.RunAsync(stopping));
            await app.WaitForShutdownAsync();
            await upkeeping;
        }

        return ExitCodes.Success;
    }

    // The store that gateways on AWS share with the users who deploy; null on the user's own machine.
    private static IStore? OpenSharedStore(Services services)
    {
        if (services.Environment.GetValueOrDefault("TENFOLD_SERVING_STORE") is not { Length: > 0 } url) return null;
        return services.Stores.Open(url).Match<IStore>(
            store => store,
            refusal => throw new CommandException(ExitCodes.For(refusal.Kind), $"TENFOLD_SERVING_STORE: {refusal.Message}"));
    }

    private static void Announce(WebApplication app)
    {
        var hasKeys = app.Services.GetRequiredService<KeyRing>().IsRequired;
        foreach (var url in app.Urls)
        {
            Console.Error.WriteLine($"tenfold: the gateway listens on {url}");
            var isLocal = IPAddress.TryParse(new Uri(url).Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
            if (!isLocal && !hasKeys) app.Logger.OpenToOthers(url);
        }
    }

    private static int Fail(Refusal refusal) => Fail(refusal.Message, ExitCodes.For(refusal.Kind));

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine($"tenfold: {message}");
        return exitCode;
    }
}
