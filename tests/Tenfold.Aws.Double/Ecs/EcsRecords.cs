using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Machines;

namespace Tenfold.Aws.Double.Ecs;

/// <summary>A service of ECS.</summary>
internal sealed class ServiceRecord
{
    public required string Name { get; init; }

    public required string Cluster { get; init; }

    public required string Arn { get; init; }

    public required string Definition { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required JsonObject Request { get; init; }

    /// <summary>False for a service whose tasks are only imagined.</summary>
    public bool RunsProcesses { get; init; }

    public string Status { get; set; } = "ACTIVE";

    public int Desired { get; set; }

    public int FailedTasks { get; set; }

    public string RolloutState { get; set; } = "IN_PROGRESS";

    public string? RolloutReason { get; set; }

    public List<TaskRecord> Tasks { get; } = [];
}

/// <summary>A task of a service.</summary>
internal sealed class TaskRecord
{
    public required string Id { get; init; }

    public required string Arn { get; init; }

    /// <summary>Its own address. All of 127.0.0.0/8 is this machine's.</summary>
    public required string Address { get; init; }

    public Machine? Machine { get; set; }

    public string LastStatus { get; set; } = "PENDING";

    public string DesiredStatus { get; set; } = "RUNNING";

    public string Health { get; set; } = "UNKNOWN";

    public bool WasHealthy { get; set; }

    /// <summary>Until when the task is not ended when its service shrinks; null for no protection.</summary>
    public DateTimeOffset? ProtectedUntil { get; set; }

    public int? ExitCode { get; set; }

    public string? StoppedReason { get; set; }

    public string? ContainerReason { get; set; }

    public DateTimeOffset? StoppedAt { get; set; }

    public bool HasEnded => LastStatus == "STOPPED";
}
