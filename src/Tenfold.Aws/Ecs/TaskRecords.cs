using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ecs;

/// <summary>Lists tasks.</summary>
internal sealed record ListTasksRequest(string Cluster, string ServiceName)
{
    /// <summary>RUNNING, the default, or STOPPED.</summary>
    public string? DesiredStatus { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of tasks.</summary>
internal sealed record ListTasksAnswer : WireAnswer
{
    /// <summary>The ARNs.</summary>
    public IReadOnlyList<string> TaskArns { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>Describes tasks.</summary>
internal sealed record DescribeTasksRequest(string Cluster, IReadOnlyList<string> Tasks);

/// <summary>Tasks.</summary>
internal sealed record DescribeTasksAnswer : WireAnswer
{
    /// <summary>The tasks.</summary>
    public IReadOnlyList<ServiceTask> Tasks { get => field ?? []; init; }
}

/// <summary>A task.</summary>
internal sealed record ServiceTask
{
    /// <summary>The ARN.</summary>
    public string? TaskArn { get; init; }

    /// <summary>The state: PROVISIONING, PENDING, RUNNING, … STOPPED.</summary>
    public string? LastStatus { get; init; }

    /// <summary>RUNNING; STOPPED once it is to end.</summary>
    public string? DesiredStatus { get; init; }

    /// <summary>HEALTHY, UNHEALTHY or UNKNOWN.</summary>
    public string? HealthStatus { get; init; }

    /// <summary>Why it ended.</summary>
    public string? StoppedReason { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>The containers.</summary>
    public IReadOnlyList<TaskContainer> Containers { get => field ?? []; init; }
}

/// <summary>Protects tasks from being ended when their service shrinks.</summary>
internal sealed record UpdateTaskProtectionRequest(string Cluster, IReadOnlyList<string> Tasks, bool ProtectionEnabled)
{
    /// <summary>After how many minutes the protection ends by itself, 1 to 2,880.</summary>
    public int? ExpiresInMinutes { get; init; }
}

/// <summary>What became of the protection.</summary>
internal sealed record UpdateTaskProtectionAnswer : WireAnswer
{
    /// <summary>The tasks that are not protected, for example because they have ended.</summary>
    public IReadOnlyList<EcsFailure> Failures { get => field ?? []; init; }
}

/// <summary>Why ECS did nothing with a resource.</summary>
internal sealed record EcsFailure(string? Arn, string? Reason);

/// <summary>A container of a task.</summary>
internal sealed record TaskContainer
{
    /// <summary>The exit code; null while it runs, and when it was not started.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; init; }

    /// <summary>Its addresses.</summary>
    public IReadOnlyList<TaskInterface> NetworkInterfaces { get => field ?? []; init; }
}

/// <summary>An address of a task.</summary>
internal sealed record TaskInterface(string? PrivateIpv4Address);
