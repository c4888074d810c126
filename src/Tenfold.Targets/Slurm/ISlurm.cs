using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm;

/// <summary>Slurm as this user sees it, however it is spoken to. Each call is one question to slurmctld.</summary>
/// <remarks>Every call throws <see cref="Core.Targets.TargetException"/> when slurmctld does not answer.</remarks>
internal interface ISlurm
{
    /// <summary>Who asks, and which cluster answers.</summary>
    Task<ClusterFacts> GetFactsAsync(CancellationToken cancellationToken);

    /// <summary>Every job of this user that slurmctld still knows, ended ones too. Waiting elements of an array come together.</summary>
    Task<IReadOnlyList<SlurmJob>> ListJobsAsync(CancellationToken cancellationToken);

    /// <summary>Jobs of this user that have ended in the last days, from the accounting database; null where there is none.</summary>
    Task<IReadOnlyList<SlurmJob>?> ListEndedJobsAsync(CancellationToken cancellationToken);

    /// <summary>Submits one array job.</summary>
    Task<SubmitAnswer> SubmitAsync(JobRequest request, CancellationToken cancellationToken);

    /// <summary>Ends elements of arrays.</summary>
    /// <param name="jobs">Each with the indices that are to end, and no others.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken);

    /// <summary>What <see cref="SubmitAsync"/> would send, for people.</summary>
    string Describe(JobRequest request);

    /// <summary>The partitions that this user sees.</summary>
    Task<IReadOnlyList<Partition>> ListPartitionsAsync(CancellationToken cancellationToken);
}
