using System.CommandLine;
using Tenfold.Agent;
using Tenfold.App;
using Tenfold.App.Storage;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold agent</c>: the part that runs beside the training command. Other commands start it; a user need not.</summary>
internal static class AgentCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("agent",
            "The part that runs beside the training command.".WithExample("tenfold agent serve")) { Serve(), AgentRunCommand.Create() };

    private static Command Serve() =>
        new Command(
            "serve", "Serve this machine's queue until it is empty. Other commands " +
                "start it when there is work.").Does(async (_, services, _) =>
        {
            using var signals = new ShutdownSignals();
            await new QueueServer(services.Queue, url => SettingsFor(services, url), ResourcePool.OfThisMachine()).RunAsync(signals.Asked);
            return ExitCodes.Success;
        });

    private static AgentSettings SettingsFor(Services services, string? url)
    {
        var settings = new AgentSettings
        {
            Home = services.AgentHome,
            Store = services.Stores.ForAgent(url),
            Origins = origin => DataOrigins.Open(origin, services.Time),
            Time = services.Time,
            Log = services.Logs.CreateLogger("Agent"),
        };
        return StoreOpener.IsFarAway(url) ? settings.ForRemoteStore() : settings;
    }
}
