using System.CommandLine;
using Tenfold.Agent;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold agent</c>: the part that runs beside the training command. Other commands start it; a user need not.</summary>
internal static class AgentCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var serve = new Command("serve", "Serve this machine's queue until it is empty. Started by itself when there is work.").Does(async (_, place, _) =>
        {
            using var end = new Endings();
            var settings = new AgentSettings { Home = place.AgentHome, Store = place.Stores.Home, Time = place.Time };
            await new QueueServer(place.Queue, settings, Capacity.OfThisMachine()).RunAsync(end.Asked);
            return ExitCodes.Success;
        });
        return new Command("agent", "The part that runs beside the training command.".WithExample("tenfold agent serve")) { serve, AgentRunCommand.Create() };
    }
}
