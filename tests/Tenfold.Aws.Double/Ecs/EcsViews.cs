using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ecs;

/// <summary>Services and tasks as ECS describes them.</summary>
internal static class EcsViews
{
    public static JsonObject Of(ServiceRecord service, bool withTags)
    {
        var running = service.Tasks.Count(task => task.LastStatus == "RUNNING");
        var view = new JsonObject
        {
            ["serviceArn"] = service.Arn,
            ["serviceName"] = service.Name,
            ["clusterArn"] = service.Arn.Replace($":service/{service.Cluster}/{service.Name}", $":cluster/{service.Cluster}"),
            ["status"] = service.Status,
            ["desiredCount"] = service.Desired,
            ["runningCount"] = running,
            ["pendingCount"] = service.Tasks.Count(task => task.LastStatus == "PENDING"),
            ["taskDefinition"] = service.Definition,
            ["createdAt"] = service.CreatedAt.Seconds(),
            ["deployments"] = new JsonArray(new JsonObject
            {
                ["id"] = "ecs-svc/1",
                ["status"] = "PRIMARY",
                ["taskDefinition"] = service.Definition,
                ["desiredCount"] = service.Desired,
                ["runningCount"] = running,
                ["failedTasks"] = service.FailedTasks,
                ["rolloutState"] = service.RolloutState,
                ["rolloutStateReason"] = service.RolloutReason,
            }),
            ["events"] = new JsonArray(),
        };
        if (withTags && service.Request["tags"] is { } tags) view["tags"] = tags.DeepClone();
        return view;
    }

    public static JsonObject Of(ServiceRecord service, TaskRecord task) => new()
    {
        ["taskArn"] = task.Arn,
        ["taskDefinitionArn"] = service.Definition,
        ["group"] = $"service:{service.Name}",
        ["lastStatus"] = task.LastStatus,
        ["desiredStatus"] = task.DesiredStatus,
        ["healthStatus"] = task.Health,
        ["stoppedReason"] = task.StoppedReason,
        ["stoppedAt"] = task.StoppedAt?.Seconds(),
        ["containers"] = new JsonArray(new JsonObject
        {
            ["name"] = "version",
            ["exitCode"] = task.ExitCode,
            ["reason"] = task.ContainerReason,
            ["healthStatus"] = task.Health,
            ["networkInterfaces"] = task.LastStatus == "PENDING" ? new JsonArray()
                : new JsonArray(new JsonObject { ["privateIpv4Address"] = task.Address }),
        }),
    };
}
