using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ecs;

/// <summary>Registers what a task runs.</summary>
internal sealed record RegisterTaskDefinitionRequest(string Family)
{
    /// <summary>FARGATE.</summary>
    public IReadOnlyList<string>? RequiresCompatibilities { get; init; }

    /// <summary>awsvpc: each task has an address of its own.</summary>
    public string? NetworkMode { get; init; }

    /// <summary>CPU units, 1,024 for each vCPU.</summary>
    public string? Cpu { get; init; }

    /// <summary>MiB.</summary>
    public string? Memory { get; init; }

    /// <summary>The role that starts the containers.</summary>
    public string? ExecutionRoleArn { get; init; }

    /// <summary>The role of the programs in the containers.</summary>
    public string? TaskRoleArn { get; init; }

    /// <summary>The processor and system.</summary>
    public RuntimePlatform? RuntimePlatform { get; init; }

    /// <summary>The containers.</summary>
    public required IReadOnlyList<ContainerDefinition> ContainerDefinitions { get; init; }

    /// <summary>The tags.</summary>
    public IReadOnlyList<ServiceTag>? Tags { get; init; }
}

/// <summary>The processor and system of a task, X86_64 and LINUX.</summary>
internal sealed record RuntimePlatform(string? CpuArchitecture, string? OperatingSystemFamily);

/// <summary>A container of a task.</summary>
internal sealed record ContainerDefinition(string? Name)
{
    /// <summary>The image.</summary>
    public string? Image { get; init; }

    /// <summary>Whether the task ends with the container.</summary>
    public bool? Essential { get; init; }

    /// <summary>The program.</summary>
    public IReadOnlyList<string>? EntryPoint { get; init; }

    /// <summary>The program's arguments.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>The variables, none of which is a secret.</summary>
    public IReadOnlyList<TaskVariable>? Environment { get; init; }

    /// <summary>The variables whose values ECS reads when it starts a task; null for none.</summary>
    public IReadOnlyList<TaskSecret>? Secrets { get; init; }

    /// <summary>The ports.</summary>
    public IReadOnlyList<PortMapping>? PortMappings { get; init; }

    /// <summary>The time from SIGTERM to SIGKILL in seconds; at most 120 on Fargate.</summary>
    public int? StopTimeout { get; init; }

    /// <summary>How ECS finds out whether it is healthy.</summary>
    public HealthCheck? HealthCheck { get; init; }

    /// <summary>Where its output goes.</summary>
    public TaskLog? LogConfiguration { get; init; }
}

/// <summary>A variable.</summary>
internal sealed record TaskVariable(string? Name, string? Value);

/// <summary>A variable with a secret.</summary>
/// <param name="Name">The variable.</param>
/// <param name="ValueFrom">The name of the parameter in Parameter Store.</param>
internal sealed record TaskSecret(string? Name, string? ValueFrom);

/// <summary>A port of a container.</summary>
internal sealed record PortMapping(int? ContainerPort, string? Protocol);

/// <summary>A command that ends with 0 in a healthy container.</summary>
internal sealed record HealthCheck(IReadOnlyList<string> Command)
{
    /// <summary>Seconds between two checks, 5 to 300.</summary>
    public int? Interval { get; init; }

    /// <summary>Seconds that a check may take.</summary>
    public int? Timeout { get; init; }

    /// <summary>How many checks in a row must fail.</summary>
    public int? Retries { get; init; }

    /// <summary>Seconds in which failed checks don't count, at most 300.</summary>
    public int? StartPeriod { get; init; }
}

/// <summary>Where a container's output goes.</summary>
internal sealed record TaskLog(string LogDriver, IReadOnlyDictionary<string, string>? Options);

/// <summary>A tag.</summary>
internal sealed record ServiceTag(string? Key, string? Value);

/// <summary>A task definition.</summary>
internal sealed record TaskDefinitionAnswer : WireAnswer
{
    /// <summary>The definition.</summary>
    public TaskDefinition? TaskDefinition { get; init; }
}

/// <summary>A revision of a task definition.</summary>
internal sealed record TaskDefinition(string? TaskDefinitionArn, string? Status);

/// <summary>Deregisters a revision, by its ARN.</summary>
internal sealed record DeregisterTaskDefinitionRequest(string TaskDefinition);

/// <summary>Lists revisions.</summary>
internal sealed record ListTaskDefinitionsRequest
{
    /// <summary>The whole name of a family.</summary>
    public string? FamilyPrefix { get; init; }

    /// <summary>ACTIVE or INACTIVE.</summary>
    public string? Status { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of revisions.</summary>
internal sealed record ListTaskDefinitionsAnswer : WireAnswer
{
    /// <summary>The ARNs.</summary>
    public IReadOnlyList<string> TaskDefinitionArns { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}
