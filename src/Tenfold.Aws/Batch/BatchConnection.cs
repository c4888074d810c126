using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Logs;
using Tenfold.Aws.Sts;
using Tenfold.Aws.Wire;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch;

/// <summary>
/// The services of AWS for one place. What seldom changes (the stack's outputs, queues and compute environments) is read again after some
/// minutes.
/// </summary>
/// <param name="options">The target's options.</param>
/// <param name="aws">How to connect.</param>
/// <param name="time">The clock.</param>
internal sealed class BatchConnection(BatchOptions options, AwsOptions aws, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private readonly Lazy<BatchClient> _batch = new(() => new BatchClient(aws, time));
    private readonly Lazy<LogsClient> _logs = new(() => new LogsClient(aws, time));
    private readonly Lazy<StackOutputsReader>? _stack =
        options.Stack is { } name ? new(() => new StackOutputsReader(name, aws, time)) : null;
    private IReadOnlyList<QueueFacts>? _queues;
    private long _queuesAt;

    /// <summary>How to connect to AWS.</summary>
    public AwsOptions Aws => aws;

    /// <summary>AWS Batch.</summary>
    /// <exception cref="AwsException">No region is set.</exception>
    public BatchClient Batch => _batch.Value;

    /// <summary>CloudWatch Logs.</summary>
    public LogsClient Logs => _logs.Value;

    /// <summary>The stack's name; null for none.</summary>
    public string? Stack => options.Stack;

    /// <summary>The stack's region; null without a stack.</summary>
    public string? Region => _stack?.Value.Region;

    /// <summary>Finds the place of jobs that were submitted, and the account of the credentials.</summary>
    /// <returns>
    /// The place; null when the stack of its queues was deleted. A stack that is being deleted counts as there. That a stack is gone is
    /// never cached, so that one made again is found.
    /// </returns>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    /// <exception cref="TargetException">There is no such queue, or the stack can't be used now.</exception>
    public async Task<(string Account, BatchPlace? Place)> LocateAsync(CancellationToken cancellationToken)
    {
        // A queue of the user's own outlives the stack, and so do its jobs.
        if (options.Queue is null && _stack is not null && await _stack.Value.ReadAsync(cancellationToken) is StackLookup.Missing)
        {
            using var sts = new StsClient(aws, time);
            return ((await sts.GetCallerIdentityAsync(cancellationToken)).Account, null);
        }

        var place = await GetPlaceAsync(cancellationToken);
        return (place.Account, place);
    }

    /// <summary>Finds the place of jobs that were submitted, about which nothing may be concluded without it.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    /// <exception cref="TargetException">There is no such stack or queue.</exception>
    public async Task<BatchPlace> GetPlaceAsync(CancellationToken cancellationToken) =>
        (await FindPlaceAsync(cancellationToken)).Match(place => place, refusal => throw new TargetException(refusal.Message));

    /// <summary>Finds the place.</summary>
    /// <returns>The place; or a refusal: there is no such stack or queue.</returns>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<Outcome<BatchPlace>> FindPlaceAsync(CancellationToken cancellationToken)
    {
        if (_stack is not null)
        {
            var found = await _stack.Value.ReadAsync(cancellationToken);
            if (found is not StackLookup.Ready { Outputs: var outputs }) return Refusal.Unavailable($"{found.Problem}.");
            return new BatchPlace
            {
                Account = outputs.Account,
                Region = outputs.Region,
                Stack = options.Stack,
                Queue = options.Queue,
                OnDemand = outputs.QueueOnDemand,
                Spot = outputs.QueueSpot,
                Gpu = outputs.QueueGpu,
                GpuSpot = outputs.QueueGpuSpot,
                JobRole = outputs.JobRole,
                ExecutionRole = outputs.ExecutionRole,
                LogGroup = outputs.LogGroup,
                PullThrough = outputs.PullThrough,
                StoreUrl = outputs.StoreUrl,
            };
        }

        if (!(await FindQueuesAsync([options.Queue!], cancellationToken)).Succeeded(out var queues, out var refusal)) return refusal;
        var queue = queues[0];
        // arn:aws:batch:REGION:ACCOUNT:job-queue/NAME
        return queue.Arn.Split(':') is [_, _, _, var region, var account, ..]
            ? new BatchPlace { Account = account, Region = region, Queue = options.Queue }
            : throw new TargetException($"the queue {options.Queue} has an ARN that Tenfold can't read: {queue.Arn}.");
    }

    /// <summary>Describes the place's queues with their compute environments.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    /// <exception cref="TargetException">There is no such queue.</exception>
    public async Task<IReadOnlyList<QueueFacts>> GetQueuesAsync(IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        (await FindQueuesAsync(names, cancellationToken)).Match(queues => queues, refusal => throw new TargetException(refusal.Message));

    /// <summary>Describes the place's queues with their compute environments.</summary>
    /// <returns>The queues, in the order of the names; or BadInput: there is no such queue.</returns>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<Outcome<IReadOnlyList<QueueFacts>>> FindQueuesAsync(
        IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (_queues is { } known && time.GetElapsedTime(_queuesAt) < MaxAge && names.All(name => known.Any(queue => queue.Is(name))))
            return Outcome.Of(Ordered(known, names));
        if (!(await ReadQueuesAsync(names, cancellationToken)).Succeeded(out var read, out var refusal)) return refusal;
        (_queues, _queuesAt) = (read, time.GetTimestamp());
        return Outcome.Of(Ordered(read, names));
    }

    /// <summary>Lets the next call describe the queues and the stack again, after AWS refused something that depends on them.</summary>
    public void Forget()
    {
        _queues = null;
        if (_stack is { IsValueCreated: true }) _stack.Value.Forget();
    }

    private static IReadOnlyList<QueueFacts> Ordered(IReadOnlyList<QueueFacts> queues, IReadOnlyList<string> names) =>
        [.. names.Select(name => queues.First(queue => queue.Is(name)))];

    private async Task<Outcome<IReadOnlyList<QueueFacts>>> ReadQueuesAsync(
        IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var queues = await Batch.DescribeJobQueuesAsync(new() { JobQueues = names }, cancellationToken).ToListAsync(cancellationToken);
        if (names.FirstOrDefault(name => !queues.Any(queue => name == queue.JobQueueName || name == queue.JobQueueArn)) is { } missing)
        {
            // The stack that named the queue may have been deleted or changed.
            Forget();
            return Refusal.BadInput(
                $"AWS Batch has no queue '{missing}' in this account and region: correct `queue` and `region` of the target, " +
                "or run `tenfold infra apply` again.");
        }

        var wanted = queues.SelectMany(queue => queue.ComputeEnvironmentOrder)
            .Select(order => order.ComputeEnvironment).Distinct().ToList();
        var environments = wanted.Count == 0 ? []
            : await Batch.DescribeComputeEnvironmentsAsync(new() { ComputeEnvironments = wanted }, cancellationToken)
                .ToListAsync(cancellationToken);
        return Outcome.Of<IReadOnlyList<QueueFacts>>([
            .. queues.Select(queue => new QueueFacts(queue,
            [
                .. queue.ComputeEnvironmentOrder.OrderBy(order => order.Order)
                    .Select(order => environments.Find(known => order.ComputeEnvironment == known.ComputeEnvironmentArn
                        || order.ComputeEnvironment == known.ComputeEnvironmentName))
                    .OfType<ComputeEnvironment>(),
            ])),
        ]);
    }
}
