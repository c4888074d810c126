using System.CommandLine;
using Tenfold.Agent;
using Tenfold.App;
using Tenfold.App.Storage;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold agent</c>: the worker side. Other commands and jobs start it, so users don't need to.</summary>
internal static class AgentCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("agent", "Execute runs. Other commands and jobs start the agent; users don't need to.".WithExample("tenfold agent serve"))
        {
            Serve(), AgentRunCommand.Create(),
        };

    private static Command Serve()
    {
        var command = new Command("serve", "Execute the runs in this machine's queue until the queue is empty.");
        return command.WithAction(async (_, services, _) =>
        {
            using var signals = new ShutdownSignals();
            var server = new QueueServer(services.Queue, url => SettingsFor(services, url), ResourcePool.OfThisMachine());
            await server.RunAsync(signals.Requested);
            return ExitCodes.Success;
        });
    }

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
