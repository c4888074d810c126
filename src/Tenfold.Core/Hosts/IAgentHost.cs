namespace Tenfold.Core.Hosts;

/// <summary>
/// What started the agent of an attempt on this machine: a scheduler's job, a container service, or nothing in particular. The agent asks
/// its host for every fact that differs between them, and knows no scheduler itself.
/// </summary>
/// <remarks>A target's kind brings its own host. <see cref="PlainHost"/> serves machines without a scheduler.</remarks>
public interface IAgentHost
{
    /// <summary>
    /// The environment variables that the host gave to the agent. The attempt's programs get them too, but for what is withheld.
    /// </summary>
    IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The host's job, in words that people know it by, such as <c>Slurm 4711</c>; null without one.</summary>
    /// <remarks>Attempts record it in their claims: a job that finds its own name there was restarted.</remarks>
    string? Job { get; }

    /// <summary>How often the host has restarted the job; 0 in its first start.</summary>
    int Restarts { get; }

    /// <summary>What the host gave to the job.</summary>
    HostResources Resources { get; }

    /// <summary>
    /// The attempts of the job's submission, in the order in which the host starts them; empty when the job was submitted alone.
    /// </summary>
    /// <remarks>A job whose own attempt was short may run others of them that still wait.</remarks>
    IReadOnlyList<string> Siblings { get; }

    /// <summary>Finds out why the host ends the job, once it has sent SIGTERM.</summary>
    /// <param name="cancellationToken">Cancelled after some seconds, since the machine is about to go.</param>
    /// <returns>The cause; the loss of the machine when nothing more is known.</returns>
    Task<StopCause> WhyStoppedAsync(CancellationToken cancellationToken);

    /// <summary>Cancels the waiting jobs of siblings that this job has claimed.</summary>
    /// <param name="attempts">Some of <see cref="Siblings"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>A task that need not succeed: a job that starts all the same finds its attempt claimed, and ends.</returns>
    Task CancelAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken);
}
