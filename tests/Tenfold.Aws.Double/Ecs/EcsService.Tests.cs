using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ecs;

/// <content>What tests do and see.</content>
public sealed partial class EcsService
{
    /// <summary>The names of the services that are not deleted.</summary>
    public IReadOnlyList<string> Services
    {
        get
        {
            lock (_gate) return [.. _services.Where(one => one.Status != "INACTIVE").Select(one => one.Name)];
        }
    }

    /// <summary>The task definitions that are not deregistered, by their ARNs.</summary>
    public IReadOnlyList<string> Definitions
    {
        get
        {
            lock (_gate)
            {
                return [.. _definitions.Values.SelectMany(family => family).Where(one => one.Text("status") == "ACTIVE")
                    .Select(one => one.Text("taskDefinitionArn")!)];
            }
        }
    }

    /// <summary>A cluster that no stack made.</summary>
    public void AddCluster(string name) => MakeCluster(name);

    /// <summary>How many tasks of a service run.</summary>
    public int RunningTasksOf(string service)
    {
        lock (_gate) return _services.Where(one => one.Name == service).SelectMany(one => one.Tasks).Count(task => !task.HasEnded);
    }

    /// <summary>The process ids of a service's tasks.</summary>
    public IReadOnlyList<int> ProcessesOf(string service)
    {
        lock (_gate)
        {
            return [.. _services.Where(one => one.Name == service).SelectMany(one => one.Tasks)
                .Where(task => task is { HasEnded: false, Machine: not null }).Select(task => task.Machine!.Id)];
        }
    }

    /// <summary>From now on, tasks that are only imagined end at once with a reason; null: they are healthy again.</summary>
    public void FailTasks(string? reason)
    {
        lock (_gate) _runner.Failure = reason;
    }

    /// <summary>From now on, tasks that are only imagined start and don't become healthy; false: they do, also those that wait.</summary>
    public void HoldHealth(bool isHeld)
    {
        lock (_gate)
        {
            _runner.IsHealthHeld = isHeld;
            if (isHeld) return;
            foreach (var service in _services) _runner.MakeHealthy(service);
        }
    }

    internal JsonObject MakeDefinition(JsonObject properties)
    {
        lock (_gate) return (JsonObject)Register(new JsonObject { ["family"] = properties.Text("Family") })["taskDefinition"]!;
    }

    internal string MakeService(JsonObject properties)
    {
        lock (_gate)
        {
            var cluster = properties.Text("Cluster")!;
            return Add(cluster, properties.Text("ServiceName")!, properties.Text("TaskDefinition")!, properties.Number("DesiredCount") ?? 1,
                [], runs: false).Arn;
        }
    }

    internal void ChangeService(string arn, JsonObject properties)
    {
        lock (_gate)
        {
            if (_services.Find(one => one.Arn == arn) is not { } service) return;
            service.Desired = properties.Number("DesiredCount") ?? service.Desired;
            _runner.Adjust(service);
        }
    }

    internal void DeleteService(string arn)
    {
        lock (_gate)
            if (_services.Find(one => one.Arn == arn) is { Status: "ACTIVE" } service) End(service);
    }
}
