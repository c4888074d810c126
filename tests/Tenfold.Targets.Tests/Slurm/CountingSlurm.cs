using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm;

/// <summary>Counts the calls.</summary>
internal sealed class CountingSlurm(ISlurm slurm) : ISlurm
{
    private int _calls;

    public int Calls => _calls;

    public Task<ClusterFacts> GetFactsAsync(CancellationToken cancellationToken) => Count(slurm.GetFactsAsync(cancellationToken));

    public Task<IReadOnlyList<SlurmJob>> ListJobsAsync(CancellationToken cancellationToken) =>
        Count(slurm.ListJobsAsync(cancellationToken));

    public Task<IReadOnlyList<SlurmJob>?> ListAccountedJobsAsync(CancellationToken cancellationToken) =>
        slurm.ListAccountedJobsAsync(cancellationToken);

    public Task<SubmitAnswer> SubmitAsync(JobRequest request, CancellationToken cancellationToken) =>
        Count(slurm.SubmitAsync(request, cancellationToken));

    public Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return slurm.CancelAsync(jobs, cancellationToken);
    }

    public Task<IReadOnlyList<Partition>> ListPartitionsAsync(CancellationToken cancellationToken) =>
        Count(slurm.ListPartitionsAsync(cancellationToken));

    public string Describe(JobRequest request) => slurm.Describe(request);

    private Task<T> Count<T>(Task<T> call)
    {
        Interlocked.Increment(ref _calls);
        return call;
    }
}
