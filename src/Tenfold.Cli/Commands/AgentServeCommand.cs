using System.CommandLine;
using Tenfold.Agent;
using Tenfold.Agent.Pools;
using Tenfold.App;
using Tenfold.App.Pools;
using Tenfold.App.Storage;
using Tenfold.Cli.Output;
using Tenfold.Core.Pools;
using Tenfold.Projects;

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

    private static readonly Option<int?> DrainSeconds = new("--drain-for")
    {
        Description = "For how many seconds runs may continue after SIGTERM. Then they are stopped, and continue on another machine from "
            + "their last checkpoint. A second SIGTERM stops them at once. Default: 600; 30 with --idle or --lifetime, since the whole "
            + "machine is being stopped then.",
    };

    private static readonly Option<string?> Idle = new("--idle")
    {
        Description = "End with exit code 9 when the machine has had nothing to do for this time, for example 5m. The unit then switches "
            + "the machine off.",
    };

    private static readonly Option<string?> Lifetime = new("--lifetime")
    {
        Description = "End with exit code 9 some minutes before the machine has been on for this time, for example 12h. Its runs continue "
            + "on another machine.",
    };

    private static readonly Option<string?> Instance = new("--instance")
    {
        Description = "The id of the EC2 instance that this machine is. Default: the metadata service is asked.",
    };

    /// <summary>Builds <c>tenfold agent serve</c>.</summary>
    public static Command Serve()
    {
        var description = "Execute the runs in this machine's queue until it is empty; or take runs from a pool until told to stop."
            .WithExample("tenfold agent serve", "tenfold agent serve --pool lab --store s3://my-bucket/tenfold");
        return new Command("serve", description) { Pool, Store, Secrets, Variables, DrainSeconds, Idle, Lifetime, Instance }
            .WithActionHere(async (parsed, services, _) =>
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
        return new Command("unit", description) { pool, Store, Secrets, Variables, DrainSeconds, Idle, Lifetime, Instance }
            .WithActionHere((parsed, services, _) =>
        {
            var name = CheckName(parsed.GetValue(pool)!);
            var address = new PoolDesk(services).FindStore(parsed.GetValue(Store)).OrFail();
            Console.Out.Write(UnitText.Write(new UnitSettings(
                Environment.ProcessPath!, name, address.Url ?? services.Stores.Home.Url, services.Session.User, services.Home)
            {
                Secrets = parsed.GetValue(Secrets) ?? [],
                Variables = parsed.GetValue(Variables) ?? [],
                DrainSeconds = DrainSecondsOf(parsed),
                Idle = ReadTime(parsed, Idle),
                Lifetime = ReadTime(parsed, Lifetime),
                Instance = parsed.GetValue(Instance),
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
            DrainLimit = TimeSpan.FromSeconds(DrainSecondsOf(parsed)),
            Idle = ReadTime(parsed, Idle),
            Lifetime = ReadTime(parsed, Lifetime),
            Uptime = TimeSpan.FromMilliseconds(Environment.TickCount64),
            Instance = await FindInstanceAsync(services, parsed),
            Version = Product.Version,
        };
        if (options.Secrets.FirstOrDefault(name => !settings.Variables.ContainsKey(name)) is { } unset)
            throw new CommandException(
                ExitCodes.BadInput, $"--secret {unset}: this process has no such variable; set it, then start the agent again");
        using var server = new PoolServer(options, settings, ResourcePool.OfThisMachine());
        Terminal.Say($"serving the pool {pool} from {settings.Store.Url} as {settings.Machine}");
        if (await server.RunAsync(signals.Requested, signals.Repeated)) return ExitCodeOf(options, server.Ending);
        throw new CommandException(
            ExitCodes.Unavailable,
            $"another agent serves a pool from {settings.Home}. One agent uses the whole machine: stop the other one first, "
            + "or set another TENFOLD_HOME");
    }

    // A machine that its owner lets stop itself may do so now, unless somebody ended the agent by hand.
    private static int ExitCodeOf(PoolOptions options, PoolEnding? ending)
    {
        if ((options.Idle ?? options.Lifetime) is null || ending is null or PoolEnding.Signalled) return ExitCodes.Success;
        Terminal.Say(ending switch
        {
            PoolEnding.Idle => "this machine had nothing to do: it can be switched off",
            PoolEnding.Lifetime => "the lifetime of this machine is over: switch it off",
            _ => "this machine was drained: it can be switched off",
        });
        return ExitCodes.MachineDone;
    }

    private static int DrainSecondsOf(ParseResult parsed) => Math.Max(
        0, parsed.GetValue(DrainSeconds) ?? ((parsed.GetValue(Idle) ?? parsed.GetValue(Lifetime)) is null ? 600 : 30));

    private static TimeSpan? ReadTime(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        return Durations.Read(text, out var fault) ?? throw new CommandException(ExitCodes.BadInput, $"{option.Name} {fault}");
    }

    private static async Task<string?> FindInstanceAsync(Services services, ParseResult parsed)
    {
        if (parsed.GetValue(Instance) is { } named) return named;
        var isAsked = parsed.GetValue(Idle) is not null || parsed.GetValue(Lifetime) is not null;
        var found = isAsked || MachineIdentity.IsOnEc2(services.Session.Environment)
            ? await MachineIdentity.FindInstanceAsync(services.Session.Environment, CancellationToken.None) : null;
        if (found is null && isAsked)
            Terminal.Say("the metadata service of EC2 does not say which instance this machine is: name it with --instance if it is one");
        return found;
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
