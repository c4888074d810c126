using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Batch;

/// <summary>Registers a job definition, or the next revision of one.</summary>
internal sealed record RegisterJobDefinitionRequest
{
    /// <summary>The name: letters, digits, '-' and '_', at most 128.</summary>
    public required string JobDefinitionName { get; init; }

    /// <summary><c>container</c> or <c>multinode</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Default values of placeholders.</summary>
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    /// <summary>The container.</summary>
    public ContainerProperties? ContainerProperties { get; init; }

    /// <summary>When Batch itself retries.</summary>
    public RetryStrategy? RetryStrategy { get; init; }

    /// <summary>Whether tags are copied to the ECS task.</summary>
    public bool? PropagateTags { get; init; }

    /// <summary>How long an attempt may run.</summary>
    public JobTimeout? Timeout { get; init; }

    /// <summary>At most 50 tags, together with those of each job.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary><c>EC2</c> or <c>FARGATE</c>.</summary>
    public IReadOnlyList<string>? PlatformCapabilities { get; init; }
}

/// <summary>The registered revision.</summary>
internal sealed record RegisterJobDefinitionAnswer : WireAnswer
{
    /// <summary>The name.</summary>
    public required string JobDefinitionName { get; init; }

    /// <summary>The ARN, with the revision.</summary>
    public required string JobDefinitionArn { get; init; }

    /// <summary>The revision, from 1.</summary>
    public int Revision { get; init; }
}

/// <summary>The container of a job definition.</summary>
internal sealed record ContainerProperties
{
    /// <summary>The image.</summary>
    public string? Image { get; init; }

    /// <summary>The command.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>The role of the job's own calls.</summary>
    public string? JobRoleArn { get; init; }

    /// <summary>The role that pulls the image and writes the log; required on Fargate.</summary>
    public string? ExecutionRoleArn { get; init; }

    /// <summary>Environment variables.</summary>
    public IReadOnlyList<KeyValue>? Environment { get; init; }

    /// <summary>VCPUs, memory in MiB and GPUs.</summary>
    public IReadOnlyList<ResourceRequirement>? ResourceRequirements { get; init; }

    /// <summary>Shared memory and other settings of Linux.</summary>
    public LinuxParameters? LinuxParameters { get; init; }

    /// <summary>The user in the container.</summary>
    public string? User { get; init; }

    /// <summary>Where the log goes.</summary>
    public LogConfiguration? LogConfiguration { get; init; }

    /// <summary>Set on Fargate.</summary>
    public NetworkConfiguration? NetworkConfiguration { get; init; }

    /// <summary>Disk space on Fargate.</summary>
    public EphemeralStorage? EphemeralStorage { get; init; }
}

/// <summary>Settings of Linux.</summary>
/// <param name="SharedMemorySize">The size of <c>/dev/shm</c> in MiB; null for 64.</param>
internal sealed record LinuxParameters(int? SharedMemorySize)
{
    /// <summary>True for an init process as process 1, which passes signals on and collects ended processes.</summary>
    public bool? InitProcessEnabled { get; init; }
}

/// <summary>Where a job's log goes.</summary>
/// <param name="LogDriver">The driver, for example <c>awslogs</c>.</param>
internal sealed record LogConfiguration(string LogDriver)
{
    /// <summary>The driver's options, for example <c>awslogs-group</c>.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

/// <summary>The network of a Fargate job: <c>ENABLED</c> or <c>DISABLED</c>.</summary>
internal sealed record NetworkConfiguration(string AssignPublicIp);

/// <summary>Disk space of a Fargate job, 21 to 200 GiB.</summary>
internal sealed record EphemeralStorage(int SizeInGiB);

/// <summary>Lists job definitions, by ARN or by name.</summary>
internal sealed record DescribeJobDefinitionsRequest
{
    /// <summary>ARNs or <c>NAME:REVISION</c>.</summary>
    public IReadOnlyList<string>? JobDefinitions { get; init; }

    /// <summary>The name.</summary>
    public string? JobDefinitionName { get; init; }

    /// <summary><c>ACTIVE</c> or <c>INACTIVE</c>.</summary>
    public string? Status { get; init; }

    /// <summary>The size of a page.</summary>
    public int? MaxResults { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of job definitions.</summary>
internal sealed record DescribeJobDefinitionsAnswer : WireAnswer
{
    /// <summary>The definitions.</summary>
    public IReadOnlyList<JobDefinition> JobDefinitions { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A revision of a job definition.</summary>
internal sealed record JobDefinition
{
    /// <summary>The name.</summary>
    public required string JobDefinitionName { get; init; }

    /// <summary>The ARN, with the revision.</summary>
    public required string JobDefinitionArn { get; init; }

    /// <summary>The revision.</summary>
    public int Revision { get; init; }

    /// <summary><c>ACTIVE</c> or <c>INACTIVE</c>.</summary>
    public string? Status { get; init; }

    /// <summary><c>container</c> or <c>multinode</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The container.</summary>
    public ContainerProperties? ContainerProperties { get; init; }

    /// <summary>When Batch itself retries.</summary>
    public RetryStrategy? RetryStrategy { get; init; }

    /// <summary>How long an attempt may run.</summary>
    public JobTimeout? Timeout { get; init; }

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary><c>EC2</c> or <c>FARGATE</c>.</summary>
    public IReadOnlyList<string> PlatformCapabilities { get => field ?? []; init; }
}

/// <summary>Deregisters a revision of a job definition.</summary>
/// <param name="JobDefinition">The ARN, or <c>NAME:REVISION</c>.</param>
internal sealed record DeregisterJobDefinitionRequest(string JobDefinition);
