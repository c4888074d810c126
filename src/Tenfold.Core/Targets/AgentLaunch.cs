using Tenfold.Core.Store;

namespace Tenfold.Core.Targets;

/// <summary>How a job's script starts the agent.</summary>
/// <param name="Preamble">
/// Lines for <c>/bin/sh</c> that bring the agent to the machine; empty when the machine has it. If they fail, they print a message to
/// standard error and end the script.
/// </param>
/// <param name="Program">The program, as a shell word: a quoted path, or a variable that the preamble sets.</param>
public sealed record AgentLaunch(string Preamble, string Program);

/// <summary>Brings the agent to other machines: a folder that runs without an installed .NET.</summary>
public interface IAgentBundle
{
    /// <summary>Copies the agent into a folder that the machines share, once for each version.</summary>
    Task<AgentLaunch> InFolderAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Uploads the agent to the store, once for each version. Machines download it over a link that expires.</summary>
    Task<AgentLaunch> InStoreAsync(IStore store, CancellationToken cancellationToken);

    /// <summary>What <see cref="InFolderAsync"/> would return. Nothing is written.</summary>
    AgentLaunch LaunchOf(string folder, CancellationToken cancellationToken);

    /// <summary>
    /// What <see cref="InStoreAsync"/> would return, with the object's URL in place of the link, which is a secret. Nothing is written.
    /// </summary>
    Task<AgentLaunch> LaunchOfAsync(IStore store, CancellationToken cancellationToken);
}
