using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Batch;

/// <summary>Describes job queues.</summary>
internal sealed record DescribeJobQueuesRequest
{
    /// <summary>Names or ARNs; null for all queues.</summary>
    public IReadOnlyList<string>? JobQueues { get; init; }

    /// <summary>The size of a page.</summary>
    public int? MaxResults { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of queues.</summary>
internal sealed record DescribeJobQueuesAnswer : WireAnswer
{
    /// <summary>The queues.</summary>
    public IReadOnlyList<JobQueue> JobQueues { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A job queue.</summary>
internal sealed record JobQueue
{
    /// <summary>The name.</summary>
    public required string JobQueueName { get; init; }

    /// <summary>The ARN.</summary>
    public required string JobQueueArn { get; init; }

    /// <summary><c>ENABLED</c>, or <c>DISABLED</c>: the queue then takes no job.</summary>
    public string? State { get; init; }

    /// <summary><c>VALID</c>, <c>INVALID</c>, <c>CREATING</c>, <c>UPDATING</c>, <c>DELETING</c> or <c>DELETED</c>.</summary>
    public string? Status { get; init; }

    /// <summary>Why the queue is not valid.</summary>
    public string? StatusReason { get; init; }

    /// <summary>Set for a queue with a fair-share policy.</summary>
    public string? SchedulingPolicyArn { get; init; }

    /// <summary>The priority among queues of a compute environment.</summary>
    public int Priority { get; init; }

    /// <summary>The compute environments, tried in this order.</summary>
    public IReadOnlyList<ComputeEnvironmentOrder> ComputeEnvironmentOrder { get => field ?? []; init; }

    /// <summary>What Batch does with jobs that wait too long.</summary>
    public IReadOnlyList<JobStateTimeLimitAction> JobStateTimeLimitActions { get => field ?? []; init; }

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}

/// <summary>A compute environment of a queue.</summary>
internal sealed record ComputeEnvironmentOrder(int Order, string ComputeEnvironment);

/// <summary>What Batch does with a job that waits too long for a reason.</summary>
internal sealed record JobStateTimeLimitAction(string Reason, string State, int MaxTimeSeconds, string Action);

/// <summary>Describes compute environments.</summary>
internal sealed record DescribeComputeEnvironmentsRequest
{
    /// <summary>Names or ARNs; null for all of them.</summary>
    public IReadOnlyList<string>? ComputeEnvironments { get; init; }

    /// <summary>The size of a page.</summary>
    public int? MaxResults { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of compute environments.</summary>
internal sealed record DescribeComputeEnvironmentsAnswer : WireAnswer
{
    /// <summary>The compute environments.</summary>
    public IReadOnlyList<ComputeEnvironment> ComputeEnvironments { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A compute environment.</summary>
internal sealed record ComputeEnvironment
{
    /// <summary>The name.</summary>
    public required string ComputeEnvironmentName { get; init; }

    /// <summary>The ARN.</summary>
    public required string ComputeEnvironmentArn { get; init; }

    /// <summary><c>MANAGED</c> or <c>UNMANAGED</c>.</summary>
    public string? Type { get; init; }

    /// <summary><c>ENABLED</c> or <c>DISABLED</c>.</summary>
    public string? State { get; init; }

    /// <summary><c>VALID</c>, <c>INVALID</c>, <c>CREATING</c>, <c>UPDATING</c>, <c>DELETING</c> or <c>DELETED</c>.</summary>
    public string? Status { get; init; }

    /// <summary>Why the environment is not valid.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The ECS cluster.</summary>
    public string? EcsClusterArn { get; init; }

    /// <summary>The machines; null for an unmanaged environment.</summary>
    public ComputeResources? ComputeResources { get; init; }

    /// <summary>Batch's role.</summary>
    public string? ServiceRole { get; init; }

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}

/// <summary>The machines of a compute environment.</summary>
internal sealed record ComputeResources
{
    /// <summary><c>EC2</c>, <c>SPOT</c>, <c>FARGATE</c> or <c>FARGATE_SPOT</c>.</summary>
    public string? Type { get; init; }

    /// <summary>How Batch chooses among instance types.</summary>
    public string? AllocationStrategy { get; init; }

    /// <summary>The vCPUs that are always there.</summary>
    public int? MinvCpus { get; init; }

    /// <summary>The vCPUs at most.</summary>
    public int? MaxvCpus { get; init; }

    /// <summary>The vCPUs that Batch wants now.</summary>
    public int? DesiredvCpus { get; init; }

    /// <summary>Instance types or families.</summary>
    public IReadOnlyList<string> InstanceTypes { get => field ?? []; init; }

    /// <summary>The subnets.</summary>
    public IReadOnlyList<string> Subnets { get => field ?? []; init; }

    /// <summary>The security groups.</summary>
    public IReadOnlyList<string> SecurityGroupIds { get => field ?? []; init; }
}
