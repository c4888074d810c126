namespace Tenfold.Core.Hosts;

/// <summary>
/// What started the agent of an attempt on this machine: a scheduler's job, a container service, or nothing in particular. The agent gets
/// every fact that differs between them from its host, and knows no scheduler itself.
/// </summary>
/// <remarks>A target's kind brings its own host. <see cref="PlainHost"/> serves machines without a scheduler.</remarks>
public interface IAgentHost
{
    /// <summary>
    /// The environment variables that the host gave to the agent. The attempt's programs get them too, except for withheld ones.
    /// </summary>
    IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The name of the host's job for people, such as <c>Slurm 4711</c>; null without a job.</summary>
    /// <remarks>Claims record it. A job that finds its own name in a claim was restarted.</remarks>
    string? Job { get; }

    /// <summary>How often the host has restarted the job.</summary>
    int Restarts { get; }

    /// <summary>The resources that the host gave to the job.</summary>
    HostResources Resources { get; }

    /// <summary>What this host does that others don't. Default: nothing.</summary>
    HostTraits Traits => HostTraits.None;

    /// <summary>
    /// The attempts of the job's submission, in the order in which the host starts them; empty when the job was submitted alone.
    /// </summary>
    /// <remarks>A job whose own attempt was short may run siblings that still wait.</remarks>
    IReadOnlyList<string> Siblings { get; }

    /// <summary>Reads the secrets of an attempt. Without an implementation of its own, a host has them among its variables.</summary>
    /// <param name="group">The attempt's group.</param>
    /// <param name="names">The names of the secrets.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<HostSecrets> ReadSecretsAsync(string group, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        Task.FromResult(HostSecrets.From(Environment, names));

    /// <summary>Finds out why the host ends the job, once it has sent SIGTERM.</summary>
    /// <param name="cancellationToken">Cancelled after some seconds, since the machine is about to go.</param>
    /// <returns>The cause; <see cref="StopCause.MachineLost"/> when it isn't known.</returns>
    Task<StopCause> WhyStoppedAsync(CancellationToken cancellationToken);

    /// <summary>Cancels the waiting jobs of siblings that this job has claimed.</summary>
    /// <param name="attempts">Some of <see cref="Siblings"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <remarks>It need not succeed: a job that starts nevertheless finds its attempt claimed, and exits.</remarks>
    Task CancelAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken);
}
