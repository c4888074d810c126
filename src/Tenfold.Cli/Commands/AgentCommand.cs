using System.CommandLine;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold agent</c>: the worker side.</summary>
internal static class AgentCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("agent", "Execute runs: of a pool, or of jobs and queues that other commands start.".WithExample(
            "tenfold agent serve --pool lab --store s3://my-bucket/tenfold"))
        {
            AgentServeCommand.Serve(), AgentServeCommand.Unit(), AgentRunCommand.Create(),
        };
}
