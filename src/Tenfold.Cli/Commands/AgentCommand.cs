using System.CommandLine;
using Tenfold.Agent;
using Tenfold.App.Storage;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold agent</c>: the part that runs beside the training command. Other commands start it; a user need not.</summary>
internal static class AgentCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var serve =
            new Command(
                "serve", "Serve this machine's queue until it is empty. Started by itself when there is " +
                    "work.").Does(async (_, services, _) =>
        {
            using var end = new ShutdownSignals();
            await new QueueServer(services.Queue, Settings, ResourcePool.OfThisMachine()).RunAsync(end.Asked);
            return ExitCodes.Success;

            AgentSettings Settings(string? url)
            {
                var settings = new AgentSettings
                {
                    Home = services.AgentHome,
                    Store = services.Stores.ForAgent(url),
                    Origins = origin => DataOrigins.Open(origin, services.Time),
                    Time = services.Time,
                };
                return StoreOpener.IsFarAway(url) ? settings.ForRemoteStore() : settings;
            }
        });
        return new Command(
            "agent", "The part that runs beside the training command.".WithExample("tenfold agent serve")) { serve,
                AgentRunCommand.Create() };
    }
}
