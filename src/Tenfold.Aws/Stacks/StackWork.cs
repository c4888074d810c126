using Amazon.EC2.Model;
using Tenfold.Aws.Batch;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Stacks;

/// <summary>Finds the work that would be lost with a stack: jobs that wait or run in its queues, or that have its role.</summary>
/// <param name="stack">The stack.</param>
internal sealed class StackWork(AwsStack stack)
{
    private static readonly string[] Live = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING"];

    /// <summary>Finds the work.</summary>
    /// <param name="resources">The stack's resources.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The work; and where it could not be searched for, for example because this user may not use a service.</returns>
    public async Task<(IReadOnlyList<LiveWork> Work, IReadOnlyList<string> Faults)> FindAsync(
        IReadOnlyList<ReportedResource> resources, CancellationToken cancellationToken)
    {
        var (work, faults) = (new List<LiveWork>(), new List<string>());
        await TryAsync(async () =>
        {
            using var batch = new BatchClient(stack.Options, stack.Time);
            foreach (var queue in Physical(resources, "AWS::Batch::JobQueue")) await AddJobsAsync(batch, queue, work, cancellationToken);
        }, faults);
        if (resources.FirstOrDefault(resource => resource.Resource == "TrainingRole")?.PhysicalId is { } role)
        {
            await TryAsync(async () =>
            {
                using var training = new SageMakerClient(stack.Options, stack.Time);
                await AddTrainingsAsync(training, role, work, cancellationToken);
            }, faults);
        }

        if (Physical(resources, "AWS::ECS::Cluster").Any()) await TryAsync(() => AddVersionsAsync(work, cancellationToken), faults);
        if (Physical(resources, "AWS::EC2::LaunchTemplate").Any()) await TryAsync(() => AddMachinesAsync(work, cancellationToken), faults);
        return (work, faults);
    }

    private static async Task TryAsync(Func<Task> search, List<string> faults)
    {
        try
        {
            await search();
        }
        catch (AwsException e) when (e.Fault is not AwsFault.ExpiredCredentials)
        {
            faults.Add(e.Message);
        }
    }

    private static IEnumerable<string> Physical(IReadOnlyList<ReportedResource> resources, string type) =>
        resources.Where(resource => resource.Type == type && resource.Status != "DELETE_COMPLETE")
            .Select(resource => resource.PhysicalId).OfType<string>();

    private static async Task AddJobsAsync(BatchClient batch, string queue, List<LiveWork> work, CancellationToken cancellationToken)
    {
        var name = queue[(queue.LastIndexOf('/') + 1)..];
        foreach (var status in Live)
        {
            try
            {
                var listing = batch.ListJobsAsync(new ListJobsRequest { JobQueue = name, JobStatus = status }, cancellationToken);
                await foreach (var job in listing) work.Add(new LiveWork("Batch job", job.JobName, job.JobId, status));
            }
            catch (AwsException e) when (e.Fault is AwsFault.NotFound or AwsFault.Invalid)
            {
                // Somebody has deleted the queue, and its jobs with it.
            }
        }
    }

    // The cluster can't go before the services of versions, also of those that were reverted and run no task.
    private async Task AddVersionsAsync(List<LiveWork> work, CancellationToken cancellationToken)
    {
        if ((await stack.ReadServingAsync(cancellationToken)).Outputs is not { } place) return;
        using var services = new VersionServices(place, stack.Name, stack.Options, stack.Time);
        foreach (var service in await services.ListAsync(cancellationToken))
        {
            var state = FormattableString.Invariant($"{service.Running} tasks");
            work.Add(new LiveWork("version", $"{service.Model} {service.Version}", service.Name, state) { IsVersion = true });
        }
    }

    // The machines of Batch have the stack's tag too, but no attempt.
    private async Task AddMachinesAsync(List<LiveWork> work, CancellationToken cancellationToken)
    {
        using var ec2 = new Ec2Client(stack.Options, stack.Time);
        var machines = await ec2.ListAsync(
        [
            new Filter($"tag:{ResourceTags.Stack}", [stack.Name]), new Filter("tag-key", [ResourceTags.Attempt]),
            new Filter("instance-state-name", ["pending", "running"]),
        ], cancellationToken);
        foreach (var machine in machines)
        {
            var attempt = machine.Tags?.Find(tag => tag.Key == ResourceTags.Attempt)?.Value;
            var state = machine.State?.Name?.Value ?? "running";
            work.Add(new LiveWork("EC2 machine", attempt ?? machine.InstanceId, machine.InstanceId, state) { IsMachine = true });
        }
    }

    // SageMaker can't list by role, and few jobs are in progress.
    private static async Task AddTrainingsAsync(
        SageMakerClient training, string role, List<LiveWork> work, CancellationToken cancellationToken)
    {
        var running = new List<string>();
        var listing = training.ListTrainingJobsAsync(
            new ListTrainingJobsRequest { StatusEquals = "InProgress", MaxResults = 100 }, cancellationToken);
        await foreach (var job in listing) running.Add(job.TrainingJobName);
        foreach (var name in running)
        {
            var job = await training.DescribeTrainingJobAsync(new(name), cancellationToken);
            if (job.RoleArn?.EndsWith($"/{role}", StringComparison.Ordinal) == true)
            {
                var status = job.SecondaryStatus ?? job.TrainingJobStatus;
                work.Add(new LiveWork("SageMaker training job", name, job.TrainingJobArn, status) { IsTraining = true });
            }
        }
    }
}

/// <summary>Work that would be lost with a stack.</summary>
/// <param name="Kind">For example <c>Batch job</c>.</param>
/// <param name="Name">The name, which Tenfold takes from the attempt.</param>
/// <param name="Id">The id in AWS.</param>
/// <param name="Status">The service's status.</param>
public sealed record LiveWork(string Kind, string Name, string Id, string Status)
{
    // Deleting the stack ends the jobs of Batch with their machines, but no other machine and no training job.
    internal bool IsMachine { get; init; }

    internal bool IsTraining { get; init; }

    /// <summary>True for a version that is served.</summary>
    public bool IsVersion { get; init; }
}
