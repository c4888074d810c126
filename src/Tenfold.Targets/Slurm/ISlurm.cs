using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm;

/// <summary>Slurm as this user sees it, through its commands or through slurmrestd. Each call sends one request to slurmctld.</summary>
/// <remarks>Every call throws <see cref="Core.Targets.TargetException"/> when slurmctld does not answer.</remarks>
internal interface ISlurm
{
    /// <summary>The user and the cluster.</summary>
    Task<ClusterFacts> GetFactsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Lists every job of this user that slurmctld remembers, including ended ones. Waiting elements of an array share one entry.
    /// </summary>
    Task<IReadOnlyList<SlurmJob>> ListJobsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Lists the jobs of this user in the last seven days, from accounting. Some versions of slurmrestd list only those that ended.
    /// </summary>
    /// <returns>Null when the cluster has no accounting.</returns>
    Task<IReadOnlyList<SlurmJob>?> ListAccountedJobsAsync(CancellationToken cancellationToken);

    /// <summary>Submits an array job.</summary>
    Task<SubmitAnswer> SubmitAsync(JobRequest request, CancellationToken cancellationToken);

    /// <summary>Cancels elements of arrays.</summary>
    /// <param name="jobs">The arrays, each with exactly the indices to cancel.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken);

    /// <summary>Describes for people what <see cref="SubmitAsync"/> would send.</summary>
    string Describe(JobRequest request);

    /// <summary>Lists the partitions that this user sees.</summary>
    Task<IReadOnlyList<Partition>> ListPartitionsAsync(CancellationToken cancellationToken);
}
