using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Batch;

/// <summary>Jobs as answers show them.</summary>
internal sealed class JobViews(Account account)
{
    private static readonly string[] States = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"];

    public string ArnOf(BatchJob job) => account.Arn("batch", $"job/{job.Id}");

    public JsonObject Describe(BatchJob job)
    {
        var spec = job.Spec;
        return new JsonObject
        {
            ["jobArn"] = ArnOf(job),
            ["jobName"] = job.Name,
            ["jobId"] = job.Id,
            ["jobQueue"] = job.Queue.Arn,
            ["status"] = job.Status,
            ["statusReason"] = job.StatusReason,
            ["shareIdentifier"] = spec.ShareIdentifier,
            ["schedulingPriority"] = spec.SchedulingPriority,
            ["attempts"] = new JsonArray([.. job.Attempts.Select(Attempt)]),
            ["createdAt"] = job.CreatedAt.ToUnixTimeMilliseconds(),
            ["startedAt"] = job.StartedAt?.ToUnixTimeMilliseconds(),
            ["stoppedAt"] = job.StoppedAt?.ToUnixTimeMilliseconds(),
            ["retryStrategy"] = spec.RetryStrategy?.DeepClone(),
            ["dependsOn"] = new JsonArray(
                [.. job.DependsOn.Select(d => new JsonObject { ["jobId"] = d.Job.Id, ["type"] = d.Type })]),
            ["jobDefinition"] = spec.DefinitionArn,
            ["parameters"] = spec.Parameters.ToMap(),
            ["container"] = Container(job),
            ["arrayProperties"] = Array(job),
            ["timeout"] = spec.TimeoutSeconds is { } seconds ? new JsonObject { ["attemptDurationSeconds"] = seconds } : null,
            ["tags"] = job.Tags.ToMap(),
            ["propagateTags"] = spec.PropagateTags,
            ["platformCapabilities"] = new JsonArray([.. spec.Platforms.Select(p => (JsonNode)p)]),
            ["isCancelled"] = job.IsCancelled ? true : null,
            ["isTerminated"] = job.IsTerminated ? true : null,
        }.WithoutNulls();
    }

    public JsonObject Summarize(BatchJob job) => new JsonObject
    {
        ["jobArn"] = ArnOf(job),
        ["jobId"] = job.Id,
        ["jobName"] = job.Name,
        ["createdAt"] = job.CreatedAt.ToUnixTimeMilliseconds(),
        ["status"] = job.Status,
        ["statusReason"] = job.StatusReason,
        ["startedAt"] = job.StartedAt?.ToUnixTimeMilliseconds(),
        ["stoppedAt"] = job.StoppedAt?.ToUnixTimeMilliseconds(),
        ["container"] = job.Current is { StoppedAt: not null } last && !job.IsArray
            ? new JsonObject { ["exitCode"] = last.ExitCode, ["reason"] = last.Reason }
            : null,
        ["arrayProperties"] = job.IsArray ? new JsonObject { ["size"] = job.Children!.Count }
            : job.Index is { } index ? new JsonObject { ["index"] = index } : null,
        ["jobDefinition"] = job.Spec.DefinitionArn,
    }.WithoutNulls();

    private static JsonObject Attempt(JobAttempt attempt) => new JsonObject
    {
        ["container"] = new JsonObject
        {
            ["containerInstanceArn"] = attempt.Environment.IsFargate ? null : InstanceArn(attempt),
            ["taskArn"] = attempt.TaskArn,
            ["exitCode"] = attempt.ExitCode,
            ["reason"] = attempt.Reason,
            ["logStreamName"] = attempt.LogStream,
            ["networkInterfaces"] = new JsonArray(),
        },
        ["startedAt"] = attempt.StartedAt?.ToUnixTimeMilliseconds(),
        ["stoppedAt"] = attempt.StoppedAt?.ToUnixTimeMilliseconds(),
        ["statusReason"] = attempt.StatusReason,
    };

    // The container of the job is that of the last attempt.
    private static JsonObject? Container(BatchJob job)
    {
        var spec = job.Spec;
        var last = job.Current;
        var container = new JsonObject
        {
            ["image"] = spec.Container.Text("image"),
            ["command"] = new JsonArray([.. spec.Command.Select(word => (JsonNode)word)]),
            ["jobRoleArn"] = spec.Container.Text("jobRoleArn"),
            ["executionRoleArn"] = spec.Container.Text("executionRoleArn"),
            ["volumes"] = new JsonArray(),
            ["environment"] = new JsonArray(
                [.. spec.Environment.Select(variable => new JsonObject { ["name"] = variable.Key, ["value"] = variable.Value })]),
            ["mountPoints"] = new JsonArray(),
            ["ulimits"] = new JsonArray(),
            ["resourceRequirements"] = new JsonArray(
                [.. spec.Resources.Select(r => new JsonObject { ["type"] = r.Key, ["value"] = r.Value })]),
            ["secrets"] = new JsonArray(),
            ["networkInterfaces"] = new JsonArray(),
        };
        if (last is not null && !job.IsArray)
        {
            container["exitCode"] = last.ExitCode;
            container["reason"] = last.Reason;
            container["taskArn"] = last.TaskArn;
            container["logStreamName"] = last.LogStream;
            if (!last.Environment.IsFargate) container["containerInstanceArn"] = InstanceArn(last);
        }
        return container;
    }

    private static JsonObject? Array(BatchJob job)
    {
        if (job.Index is { } index) return new JsonObject { ["index"] = index };
        if (job.Children is not { } children) return null;
        var counts = children.CountBy(child => child.Status).ToDictionary();
        var summary = new JsonObject();
        foreach (var state in States) summary[state] = counts.GetValueOrDefault(state);
        return new JsonObject
        {
            ["statusSummary"] = summary,
            ["size"] = children.Count,
            ["statusSummaryLastUpdatedAt"] = (job.SummarizedAt ?? job.CreatedAt).ToUnixTimeMilliseconds(),
        };
    }

    private static string InstanceArn(JobAttempt attempt) =>
        attempt.Environment.Arn.Replace(":batch:", ":ecs:").Replace("compute-environment/", "container-instance/") + "/" +
            attempt.InstanceId[2..];
}
