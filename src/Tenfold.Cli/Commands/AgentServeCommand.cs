using System.CommandLine;
using Tenfold.Agent;
using Tenfold.Agent.Pools;
using Tenfold.App;
using Tenfold.App.Pools;
using Tenfold.App.Storage;
using Tenfold.Cli.Output;
using Tenfold.Core.Pools;

namespace Tenfold.Cli.Commands;

/// <summary>
/// <c>tenfold agent serve</c>: serves this machine's own queue, or a pool. <c>tenfold agent unit</c> prints how systemd starts the latter.
/// </summary>
internal static class AgentServeCommand
{
    private static readonly Option<string?> Pool = new("--pool")
    {
        Description = "Take runs from this pool until told to stop. "
            + "Default: execute the runs in this machine's own queue until it is empty.",
    };

    private static readonly Option<string?> Store = CommandOptions.PoolStore();

    private static readonly Option<string[]> Secrets = new("--secret")
    {
        Description = "A variable of the agent that runs of the pool get when they name it under `secrets`. May be repeated.",
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<string[]> Variables = new("--pass")
    {
        Description = "A variable of the agent that every run of the pool gets, such as HF_HOME. May be repeated.",
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<int> DrainSeconds = new("--drain-for")
    {
        Description = "For how many seconds runs may continue after SIGTERM. Then they are stopped, and continue on another machine from "
            + "their last checkpoint. A second SIGTERM stops them at once.",
        DefaultValueFactory = _ => 600,
    };

    /// <summary>Builds <c>tenfold agent serve</c>.</summary>
    public static Command Serve()
    {
        var description = "Execute the runs in this machine's queue until it is empty; or take runs from a pool until told to stop."
            .WithExample("tenfold agent serve", "tenfold agent serve --pool lab --store s3://my-bucket/tenfold");
        return new Command("serve", description) { Pool, Store, Secrets, Variables, DrainSeconds }.WithAction(async (parsed, services, _) =>
        {
            using var signals = new ShutdownSignals();
            if (parsed.GetValue(Pool) is { } pool) return await ServePoolAsync(services, parsed, pool, signals);
            var server = new QueueServer(services.Queue, url => SettingsFor(services, url), ResourcePool.OfThisMachine());
            await server.RunAsync(signals.Requested);
            return ExitCodes.Success;
        });
    }

    /// <summary>Builds <c>tenfold agent unit</c>.</summary>
    public static Command Unit()
    {
        var pool = new Option<string>("--pool") { Description = "The pool that the machine serves.", Required = true };
        var description = "Print a systemd unit that lets this machine serve a pool from each start on."
            .WithExample("tenfold agent unit --pool lab --store s3://my-bucket/tenfold > tenfold-agent.service");
        return new Command("unit", description) { pool, Store, Secrets, Variables, DrainSeconds }.WithAction((parsed, services, _) =>
        {
            var name = CheckName(parsed.GetValue(pool)!);
            var address = new PoolDesk(services).FindStore(parsed.GetValue(Store)).OrFail();
            Console.Out.Write(UnitText.Write(new UnitSettings(
                Environment.ProcessPath!, name, address.Url ?? services.Stores.Home.Url, services.Session.User, services.Home)
            {
                Secrets = parsed.GetValue(Secrets) ?? [],
                Variables = parsed.GetValue(Variables) ?? [],
                DrainSeconds = parsed.GetValue(DrainSeconds),
            }));
            return Task.FromResult(ExitCodes.Success);
        });
    }

    private static async Task<int> ServePoolAsync(Services services, ParseResult parsed, string pool, ShutdownSignals signals)
    {
        CheckName(pool);
        var url = new PoolDesk(services).FindStore(parsed.GetValue(Store)).OrFail().Url;
        var isRemote = StoreOpener.IsRemote(url);
        var settings = SettingsFor(services, url) with
        {
            Home = Path.Combine(services.Home, "pool"),
            StoreTimeout = TimeSpan.FromMinutes(10),
            PollInterval = TimeSpan.FromSeconds(isRemote ? 2 : 0.5),
            Heartbeat = TimeSpan.FromSeconds(isRemote ? 15 : 5),
        };
        var options = new PoolOptions(pool)
        {
            Secrets = parsed.GetValue(Secrets) ?? [],
            Variables = parsed.GetValue(Variables) ?? [],
            DrainLimit = TimeSpan.FromSeconds(Math.Max(0, parsed.GetValue(DrainSeconds))),
            Version = Product.Version,
        };
        if (options.Secrets.FirstOrDefault(name => !settings.Variables.ContainsKey(name)) is { } unset)
            throw new CommandException(
                ExitCodes.BadInput, $"--secret {unset}: this process has no such variable; set it, then start the agent again");
        using var server = new PoolServer(options, settings, ResourcePool.OfThisMachine());
        Terminal.Say($"serving the pool {pool} from {settings.Store.Url} as {settings.Machine}");
        if (await server.RunAsync(signals.Requested, signals.Repeated)) return ExitCodes.Success;
        throw new CommandException(
            ExitCodes.Unavailable,
            $"another agent serves a pool from {settings.Home}. One agent uses the whole machine: stop the other one first, "
            + "or set another TENFOLD_HOME");
    }

    private static string CheckName(string pool) =>
        PoolKeys.NameFault(pool) is { } fault ? throw new CommandException(ExitCodes.BadInput, $"--pool: {fault}") : pool;

    private static AgentSettings SettingsFor(Services services, string? url)
    {
        var settings = new AgentSettings
        {
            Home = services.AgentHome,
            Store = services.Stores.OpenForAgent(url).OrStoreException(),
            Machine = services.Session.Machine,
            Variables = services.Session.Environment,
            Origins = origin => DataOrigins.Open(origin, services.Time).OrStoreException(),
            Time = services.Time,
            Log = services.Logs.CreateLogger("Agent"),
            Notify = line => Console.Error.WriteLine($"tenfold: {line}"),
        };
        return StoreOpener.IsRemote(url) ? settings.ForRemoteStore() : settings;
    }
}
