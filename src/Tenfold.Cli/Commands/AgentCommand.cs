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
            await new QueueServer(place.Queue, Settings, Capacity.OfThisMachine()).RunAsync(end.Asked);
            return ExitCodes.Success;

            AgentSettings Settings(string? url)
            {
                var settings = new AgentSettings { Home = place.AgentHome, Store = place.Stores.ForAgent(url), Origins = origin => Origins.Open(origin, place.Time), Time = place.Time };
                return Stores.IsFarAway(url) ? settings.ForStoreFarAway() : settings;
            }
        });
        return new Command("agent", "The part that runs beside the training command.".WithExample("tenfold agent serve")) { serve, AgentRunCommand.Create() };
    }
}
