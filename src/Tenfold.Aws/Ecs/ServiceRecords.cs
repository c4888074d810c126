using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ecs;

/// <summary>Creates a service: so many tasks of a definition, which ECS keeps running.</summary>
internal sealed record CreateServiceRequest(string ServiceName)
{
    /// <summary>The cluster.</summary>
    public string? Cluster { get; init; }

    /// <summary>The ARN of the task definition.</summary>
    public string? TaskDefinition { get; init; }

    /// <summary>How many tasks.</summary>
    public int? DesiredCount { get; init; }

    /// <summary>By which ECS recognizes a second request; at most 36 characters.</summary>
    public string? ClientToken { get; init; }

    /// <summary>FARGATE.</summary>
    public string? LaunchType { get; init; }

    /// <summary>How tasks are replaced.</summary>
    public DeploymentConfiguration? DeploymentConfiguration { get; init; }

    /// <summary>Where tasks run.</summary>
    public ServiceNetwork? NetworkConfiguration { get; init; }

    /// <summary>The tags.</summary>
    public IReadOnlyList<ServiceTag>? Tags { get; init; }

    /// <summary>SERVICE: tasks get the service's tags.</summary>
    public string? PropagateTags { get; init; }
}

/// <summary>How tasks are replaced.</summary>
internal sealed record DeploymentConfiguration
{
    /// <summary>What happens when tasks fail again and again.</summary>
    public DeploymentCircuitBreaker? DeploymentCircuitBreaker { get; init; }

    /// <summary>How many tasks may run at most, in percent of the desired count.</summary>
    public int? MaximumPercent { get; init; }

    /// <summary>How many tasks must run at least, in percent of the desired count.</summary>
    public int? MinimumHealthyPercent { get; init; }
}

/// <summary>Ends a deployment whose tasks fail again and again.</summary>
internal sealed record DeploymentCircuitBreaker(bool Enable, bool Rollback);

/// <summary>Where tasks run.</summary>
internal sealed record ServiceNetwork(AwsVpcConfiguration? AwsvpcConfiguration);

/// <summary>The network of tasks.</summary>
internal sealed record AwsVpcConfiguration(IReadOnlyList<string> Subnets)
{
    /// <summary>The security groups.</summary>
    public IReadOnlyList<string>? SecurityGroups { get; init; }

    /// <summary>ENABLED or DISABLED, the default.</summary>
    public string? AssignPublicIp { get; init; }
}

/// <summary>Changes how many tasks a service runs.</summary>
internal sealed record UpdateServiceRequest(string Cluster, string Service, int? DesiredCount);

/// <summary>Deletes a service, with its tasks.</summary>
internal sealed record DeleteServiceRequest(string Cluster, string Service, bool? Force);

/// <summary>A service.</summary>
internal sealed record EcsServiceAnswer : WireAnswer
{
    /// <summary>The service.</summary>
    public Service? Service { get; init; }
}

/// <summary>A service.</summary>
internal sealed record Service
{
    /// <summary>The ARN.</summary>
    public string? ServiceArn { get; init; }

    /// <summary>The name.</summary>
    public string? ServiceName { get; init; }

    /// <summary>ACTIVE; DRAINING while the tasks of a deleted service end; INACTIVE then.</summary>
    public string? Status { get; init; }

    /// <summary>How many tasks it should have.</summary>
    public int DesiredCount { get; init; }

    /// <summary>How many tasks run.</summary>
    public int RunningCount { get; init; }

    /// <summary>The ARN of its task definition.</summary>
    public string? TaskDefinition { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Its deployments; the newest is PRIMARY.</summary>
    public IReadOnlyList<Deployment> Deployments { get => field ?? []; init; }

    /// <summary>What happened to it, the newest first.</summary>
    public IReadOnlyList<ServiceEvent> Events { get => field ?? []; init; }

    /// <summary>Its tags, if they were asked for.</summary>
    public IReadOnlyList<ServiceTag> Tags { get => field ?? []; init; }
}

/// <summary>A deployment of a service.</summary>
internal sealed record Deployment
{
    /// <summary>PRIMARY, ACTIVE or INACTIVE.</summary>
    public string? Status { get; init; }

    /// <summary>IN_PROGRESS, COMPLETED or FAILED.</summary>
    public string? RolloutState { get; init; }

    /// <summary>Why.</summary>
    public string? RolloutStateReason { get; init; }

    /// <summary>How many tasks failed in a row.</summary>
    public int FailedTasks { get; init; }

    /// <summary>How many tasks run.</summary>
    public int RunningCount { get; init; }

    /// <summary>How many tasks it should have.</summary>
    public int DesiredCount { get; init; }
}

/// <summary>Something that happened to a service.</summary>
internal sealed record ServiceEvent(string? Message, DateTimeOffset? CreatedAt);

/// <summary>Describes services.</summary>
internal sealed record DescribeServicesRequest(string Cluster, IReadOnlyList<string> Services)
{
    /// <summary>TAGS.</summary>
    public IReadOnlyList<string>? Include { get; init; }
}

/// <summary>Services.</summary>
internal sealed record DescribeServicesAnswer : WireAnswer
{
    /// <summary>The services that exist, or existed within the last hours.</summary>
    public IReadOnlyList<Service> Services { get => field ?? []; init; }
}

/// <summary>Lists services.</summary>
internal sealed record ListServicesRequest(string Cluster)
{
    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of services.</summary>
internal sealed record ListServicesAnswer : WireAnswer
{
    /// <summary>The ARNs.</summary>
    public IReadOnlyList<string> ServiceArns { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}
