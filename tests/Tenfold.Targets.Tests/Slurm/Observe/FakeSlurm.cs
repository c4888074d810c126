using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm.Observe;

/// <summary>A cluster that lists and accounts for what a test says, and takes no jobs.</summary>
internal sealed class FakeSlurm : ISlurm
{
    /// <summary>What slurmctld lists.</summary>
    public Func<IReadOnlyList<SlurmJob>> Listing { get; set; } = () =>
        [new SlurmJob { Id = 7, Indices = [0], State = "RUNNING", Comment = "tenfold:ledgerxx:k7m2xqab-[1-3]-1" }];

    /// <summary>What accounting answers; null for none.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<SlurmJob>?>> Answer { get; set; } = _ =>
        Task.FromResult<IReadOnlyList<SlurmJob>?>(null);

    public int AccountingCalls { get; private set; }

    public Task<IReadOnlyList<SlurmJob>> ListJobsAsync(CancellationToken cancellationToken) => Task.FromResult(Listing());

    public Task<IReadOnlyList<SlurmJob>?> ListAccountedJobsAsync(CancellationToken cancellationToken)
    {
        AccountingCalls++;
        return Answer(cancellationToken);
    }

    public Task<ClusterFacts> GetFactsAsync(CancellationToken cancellationToken) => throw new InvalidOperationException();

    public Task<SubmitAnswer> SubmitAsync(JobRequest request, CancellationToken cancellationToken) => throw new InvalidOperationException();

    public Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken) => throw new InvalidOperationException();

    public Task<IReadOnlyList<Partition>> ListPartitionsAsync(CancellationToken cancellationToken) => throw new InvalidOperationException();

    public string Describe(JobRequest request) => throw new InvalidOperationException();
}
