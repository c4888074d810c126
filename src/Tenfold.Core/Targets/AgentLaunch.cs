using System.Text.Json.Serialization;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Store;

namespace Tenfold.Core.Targets;

/// <summary>How a job's script starts the agent.</summary>
/// <param name="Preamble">
/// Lines for <c>/bin/sh</c> that fetch the agent; empty when the machine has it. If they fail, they print a message to
/// standard error and end the script.
/// </param>
/// <param name="Program">The program, as a shell word: a quoted path, or a variable that the preamble sets.</param>
public sealed record AgentLaunch(string Preamble, string Program);

/// <summary>Delivers the agent to other machines: a folder that runs without an installed .NET.</summary>
public interface IAgentBundle
{
    /// <summary>Copies the agent into a folder that the machines share, once for each version.</summary>
    /// <returns>How to start the agent; or a refusal: the folder can't be written, or this program needs .NET beside it.</returns>
    Task<Outcome<AgentLaunch>> PutInFolderAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Uploads the agent to the store, once for each version. Machines download it over a link that expires.</summary>
    /// <returns>How to start the agent; or a refusal: the store gives no links, or this program needs .NET beside it.</returns>
    /// <exception cref="Store.StoreException">The store can't be read or written.</exception>
    Task<Outcome<AgentLaunch>> PutInStoreAsync(IStore store, CancellationToken cancellationToken);

    /// <summary>What <see cref="PutInFolderAsync"/> would return. Nothing is written.</summary>
    Task<Outcome<AgentLaunch>> LaunchOfAsync(string folder, CancellationToken cancellationToken);

    /// <summary>
    /// What <see cref="PutInStoreAsync"/> would return, with the object's URL in place of the link, which is a secret. Nothing is written.
    /// </summary>
    Task<Outcome<AgentLaunch>> ReadLaunchAsync(IStore store, CancellationToken cancellationToken);
}

/// <summary>Puts the agent into a store, for machines that may read the store themselves.</summary>
public interface IAgentArchives
{
    /// <summary>Uploads the agent's archive to the store, once for each version.</summary>
    /// <returns>The archive; or a refusal: this program needs .NET beside it, or can't be read.</returns>
    /// <exception cref="Store.StoreException">The store can't be read or written.</exception>
    Task<Outcome<AgentArchive>> UploadAsync(IStore store, CancellationToken cancellationToken);

    /// <summary>What <see cref="UploadAsync"/> would return. Nothing is written.</summary>
    /// <exception cref="Store.StoreException">The store can't be read.</exception>
    Task<Outcome<AgentArchive>> ArchiveOfAsync(IStore store, CancellationToken cancellationToken);
}

/// <summary>The archive of one version of the agent in a store: a tar file, compressed by gzip, with <c>tenfold</c> at its top.</summary>
/// <param name="Key">The archive's key, <c>agents/VERSION/SHA256.tar.gz</c>.</param>
/// <param name="Sha256">The archive's SHA-256, lower hexadecimal. It travels with a job, which checks what it fetched.</param>
public sealed record AgentArchive(string Key, string Sha256)
{
    /// <summary>The agent's version.</summary>
    [JsonIgnore]
    public string Version => Key.Split('/')[1];
}
