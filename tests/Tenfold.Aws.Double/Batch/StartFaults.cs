using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Logs;
using Tenfold.Aws.Double.Machines;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Batch;

/// <summary>Why a task does not start.</summary>
internal sealed class StartFaults(Account account, LogsService logs)
{
    private const int MaxOverrides = 8192;
    private const int MaxTags = 50;

    /// <summary>Images that can't be pulled, with the reason.</summary>
    public ConcurrentDictionary<string, string> Images { get; } = new();

    /// <summary>Roles that can't be assumed.</summary>
    public ConcurrentDictionary<string, bool> Roles { get; } = new();

    /// <summary>The status reason and the container's reason; null when the task starts.</summary>
    public (string StatusReason, string? Reason)? Find(BatchJob job, JobAttempt attempt)
    {
        var container = job.Spec.Container;
        if (LengthOfOverrides(job, attempt) > MaxOverrides) return ("Container Overrides length must be at most 8192", null);
        if (job.Spec.PropagateTags && job.Tags.Count + job.Spec.DefinitionTags.Count > MaxTags)
            return ("Tags length must be at most 50", null);
        foreach (var role in (string?[])[container.Text("jobRoleArn"), container.Text("executionRoleArn")])
            if (role is not null && Roles.ContainsKey(role))
                return ($"ECS was unable to assume the role '{role}' that was provided for this task.", null);
        var image = container.Text("image") ?? "";
        var fault = Images.FirstOrDefault(entry => image == entry.Key);
        if (fault.Value is { } reason) return ("Task failed to start", $"CannotPullContainerError: {reason}");
        var group = JobLog.PlaceOf(job.Spec, "").Group;
        if (group != JobLog.DefaultGroup && !logs.Exists(group) && container["logConfiguration"]?["options"]
            .Text("awslogs-create-group") != "true")
            return ("Task failed to start",
                "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 " +
                "times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.");
        if (account.Options.RunsProcesses && (job.Spec.Command.Count == 0 || !Machine.Exists(job.Spec.Command[0], JobEnvironment.Path)))
            return ("Task failed to start",
                "CannotStartContainerError: Error response from daemon: failed to create task for container: exec: " +
                $"\"{(job.Spec.Command is [var program, ..] ? program : "")}\": executable file not found in $PATH: unknown");
        return null;
    }

    // ECS counts the whole block of the overrides as JSON, with the variables that Batch itself adds.
    private static int LengthOfOverrides(BatchJob job, JobAttempt attempt)
    {
        var block = (JsonObject)(job.Spec.Overrides?.DeepClone() ?? new JsonObject());
        if (block["environment"] is not JsonArray variables) block["environment"] = variables = [];
        foreach (var (name, value) in JobEnvironment.OfBatch(job, attempt))
            variables.Add(new JsonObject { ["name"] = name, ["value"] = value });
        return block.ToJsonString(JobLog.Plain).Length;
    }
}
