using Tenfold.Core.Store;

namespace Tenfold.Core.Targets;

/// <summary>How a job's script starts the agent.</summary>
/// <param name="Preamble">Lines for <c>/bin/sh</c> that bring the agent to the machine; empty when it is there. They end the script with a message on standard error when they fail.</param>
/// <param name="Program">The program, as a shell word: a quoted path, or a variable that the preamble sets.</param>
public sealed record AgentLaunch(string Preamble, string Program);

/// <summary>The agent as a folder of its own that needs no .NET, and how it comes to other machines.</summary>
public interface IAgentBundle
{
    /// <summary>Puts it into a folder that the machines share, once for each version.</summary>
    Task<AgentLaunch> InFolderAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Puts it into the store, once for each version; machines fetch it over a link that runs out.</summary>
    Task<AgentLaunch> InStoreAsync(IStore store, CancellationToken cancellationToken);

    /// <summary>What <see cref="InFolderAsync"/> would answer; nothing is written.</summary>
    AgentLaunch LaunchOf(string folder, CancellationToken cancellationToken);

    /// <summary>What <see cref="InStoreAsync"/> would answer, with the object's own name for the link, which is a key; nothing is written.</summary>
    Task<AgentLaunch> LaunchOfAsync(IStore store, CancellationToken cancellationToken);
}
