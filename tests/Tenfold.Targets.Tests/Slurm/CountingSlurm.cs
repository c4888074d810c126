using Tenfold.Targets.Slurm;

namespace Tenfold.Targets.Tests.Slurm;

/// <summary>Counts the questions.</summary>
internal sealed class CountingSlurm(ISlurm slurm) : ISlurm
{
    private int _calls;

    public int Calls => _calls;

    public Task<ClusterFacts> FactsAsync(CancellationToken cancellationToken) => Count(slurm.FactsAsync(cancellationToken));

    public Task<IReadOnlyList<SlurmJob>> JobsAsync(CancellationToken cancellationToken) => Count(slurm.JobsAsync(cancellationToken));

    public Task<IReadOnlyList<SlurmJob>?> EndedAsync(CancellationToken cancellationToken) => slurm.EndedAsync(cancellationToken);

    public Task<SubmitAnswer> SubmitAsync(Submission submission, CancellationToken cancellationToken) => Count(slurm.SubmitAsync(submission, cancellationToken));

    public Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return slurm.CancelAsync(jobs, cancellationToken);
    }

    public Task<IReadOnlyList<Partition>> PartitionsAsync(CancellationToken cancellationToken) => Count(slurm.PartitionsAsync(cancellationToken));

    public string Describe(Submission submission) => slurm.Describe(submission);

    private Task<T> Count<T>(Task<T> call)
    {
        Interlocked.Increment(ref _calls);
        return call;
    }
}
