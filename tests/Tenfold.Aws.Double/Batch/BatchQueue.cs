using System.Text.Json.Nodes;

namespace Tenfold.Aws.Double.Batch;

/// <summary>A job queue.</summary>
internal sealed class BatchQueue
{
    public required string Name { get; init; }

    public required string Arn { get; init; }

    public string State { get; set; } = "ENABLED";

    public string Status { get; set; } = "VALID";

    public string? SchedulingPolicyArn { get; init; }

    public int Priority { get; set; } = 1;

    public required IReadOnlyList<ComputeEnvironment> Environments { get; set; }

    public IReadOnlyList<JsonNode> TimeLimits { get; set; } = [];

    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary>Why the job at the head can't be placed; null when it can.</summary>
    public string? Blockage { get; set; }

    /// <summary>True to place no job, without a reason, as a full quota does.</summary>
    public bool IsStuck { get; set; }

    public JsonObject Describe() => new()
    {
        ["jobQueueName"] = Name,
        ["jobQueueArn"] = Arn,
        ["state"] = State,
        ["status"] = Status,
        ["statusReason"] = "JobQueue Healthy",
        ["schedulingPolicyArn"] = SchedulingPolicyArn,
        ["priority"] = Priority,
        ["computeEnvironmentOrder"] = new JsonArray(
            [.. Environments.Select((e, i) => new JsonObject { ["order"] = i + 1, ["computeEnvironment"] = e.Arn })]),
        ["jobStateTimeLimitActions"] = TimeLimits.Count > 0 ? new JsonArray([.. TimeLimits.Select(l => l.DeepClone())]) : null,
        ["tags"] = Wire.JsonReading.ToMap(Tags),
    };
}

/// <summary>A compute environment.</summary>
internal sealed class ComputeEnvironment
{
    public required string Name { get; init; }

    public required string Arn { get; init; }

    /// <summary>EC2, SPOT, FARGATE or FARGATE_SPOT.</summary>
    public required string Type { get; init; }

    public required int MaxVcpus { get; set; }

    public string State { get; set; } = "ENABLED";

    public string Status { get; set; } = "VALID";

    public IReadOnlyList<string> InstanceTypes { get; init; } = ["optimal"];

    public IReadOnlyList<string> Subnets { get; init; } = ["subnet-0a1b2c3d4e5f60718"];

    public IReadOnlyList<string> SecurityGroups { get; init; } = ["sg-0a1b2c3d4e5f60718"];

    public string? InstanceRole { get; init; }

    public string? ServiceRole { get; init; }

    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary>The vCPUs that jobs use now.</summary>
    public double Used { get; set; }

    public bool IsFargate => Type.StartsWith("FARGATE", StringComparison.Ordinal);

    public bool IsSpot => Type is "SPOT" or "FARGATE_SPOT";

    public bool HasGpus => InstanceTypes.Any(type => type[0] is 'g' or 'p');

    public JsonObject Describe() => new()
    {
        ["computeEnvironmentName"] = Name,
        ["computeEnvironmentArn"] = Arn,
        ["ecsClusterArn"] = Arn.Replace(":batch:", ":ecs:").Replace("compute-environment/", "cluster/"),
        ["type"] = "MANAGED",
        ["state"] = State,
        ["status"] = Status,
        ["statusReason"] = "ComputeEnvironment Healthy",
        ["serviceRole"] = ServiceRole,
        ["containerOrchestrationType"] = "ECS",
        ["computeResources"] = new JsonObject
        {
            ["type"] = Type,
            ["minvCpus"] = IsFargate ? null : 0,
            ["maxvCpus"] = MaxVcpus,
            ["desiredvCpus"] = IsFargate ? null : (int)Math.Ceiling(Used),
            ["instanceTypes"] = IsFargate ? null : Strings(InstanceTypes),
            ["subnets"] = Strings(Subnets),
            ["securityGroupIds"] = Strings(SecurityGroups),
            ["instanceRole"] = InstanceRole,
        },
        ["tags"] = Wire.JsonReading.ToMap(Tags),
    };

    private static JsonArray Strings(IReadOnlyList<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
