using Tenfold.Aws.SageMaker;
using Tenfold.Aws.SageMaker.Submit;
using Tenfold.Aws.Wire;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Cleaning;

/// <summary>Finds a ledger's training jobs that have not ended, also when no target is left through which they could be stopped.</summary>
/// <remarks>
/// A job goes on with later attempts of its run (<c>Tenfold.Agent.JobAgent</c>), and only the store tells which. So no job of a group is a
/// leftover while the ledger wants an attempt of the group.
/// </remarks>
/// <param name="options">How to connect to AWS.</param>
/// <param name="time">The clock.</param>
internal sealed class TrainingLeftovers(AwsOptions options, TimeProvider time)
{
    /// <inheritdoc cref="IFindsLeftovers.FindLeftoversAsync"/>
    public async Task<IReadOnlyList<TargetLeftover>> FindAsync(string ledger, CancellationToken cancellationToken)
    {
        using var jobs = new SageMakerClient(options, time);
        var start = TrainingName.StartOf(ledger);
        var request = new ListTrainingJobsRequest
        {
            NameContains = start,
            // SageMaker filters after it has cut the pages, so that a status would save no call.
            CreationTimeAfter = time.GetUtcNow() - SageMakerTarget.LongestJob,
            MaxResults = SageMakerClient.MaxPage,
        };
        var found = new List<TargetLeftover>();
        await foreach (var job in jobs.ListTrainingJobsAsync(request, cancellationToken))
        {
            // SageMaker looks for the part anywhere in a name, and ignores case.
            if (job.TrainingJobStatus != "InProgress" || !job.TrainingJobName.StartsWith(start, StringComparison.Ordinal)) continue;
            if (TrainingName.Read(job.TrainingJobName) is not { } name) continue;
            found.Add(new TargetLeftover(
                $"training job {name}", "the job runs, and the ledger wants no attempt of its group")
            {
                Kind = LeftoverKind.Resource,
                Attempt = name.Attempt,
                Group = RunNames.GroupOf(name.Attempt),
                RemoveAsync = token => RegionLeftovers.RemoveAsync(() => StopAsync(name, token)),
            });
        }

        return found;
    }

    private async Task StopAsync(TrainingName name, CancellationToken cancellationToken)
    {
        using var jobs = new SageMakerClient(options, time);
        try
        {
            await jobs.StopTrainingJobAsync(new($"{name}"), cancellationToken);
        }
        catch (AwsException e) when (SageMakerFaults.IsStopNeedless(e))
        {
            // The job has ended, or ends.
        }
    }
}
