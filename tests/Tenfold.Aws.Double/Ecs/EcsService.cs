using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Logs;
using Tenfold.Aws.Double.Ssm;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ecs;

/// <summary>Amazon ECS: services on Fargate, whose tasks really run as child processes.</summary>
/// <remarks>Source: Amazon ECS API Reference and Developer Guide.</remarks>
public sealed partial class EcsService : AwsService
{
    private const int MaxServices = 10, MaxTasks = 100, MaxProtected = 10, DefaultProtectionMinutes = 120;
    private readonly Account _account;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _clusters = [];
    private readonly Dictionary<string, List<JsonObject>> _definitions = [];
    private readonly List<ServiceRecord> _services = [];
    private readonly TaskRunner _runner;

    internal EcsService(Account account, LogsService logs, SsmService parameters) : base("ecs")
    {
        _account = account;
        _runner = new TaskRunner(account, _gate, logs, DefinitionOf, name => parameters.Show(name).Value);
        OnLocked("RegisterTaskDefinition", Register);
        OnLocked("DeregisterTaskDefinition", Deregister);
        OnLocked("ListTaskDefinitions", input => Pages.Of(
            _definitions.Where(family => input.Text("familyPrefix") is not { } prefix || family.Key == prefix)
                .SelectMany(family => family.Value).Where(one => one.Text("status") == (input.Text("status") ?? "ACTIVE"))
                .Select(one => (JsonNode)one.Text("taskDefinitionArn")!), "taskDefinitionArns", input, 100));
        OnLocked("CreateService", Create);
        OnLocked("UpdateService", Update);
        OnLocked("DeleteService", Delete);
        OnLocked("DescribeServices", Describe);
        OnLocked("ListServices", input => Pages.Of(
            _services.Where(one => one.Cluster == Cluster(input) && one.Status != "INACTIVE").Select(one => (JsonNode)one.Arn),
            "serviceArns", input, 10));
        OnLocked("ListTasks", ListTasks);
        OnLocked("UpdateTaskProtection", Protect);
        OnLocked("DescribeTasks", input => new JsonObject
        {
            ["tasks"] = new JsonArray([.. _services.Where(one => one.Cluster == Cluster(input)).SelectMany(one => one.Tasks
                .Where(task => input.Texts("tasks").Contains(task.Arn)).Select(task => (JsonNode)EcsViews.Of(one, task)))]),
            ["failures"] = new JsonArray(),
        });
    }

    /// <summary>Ends all tasks.</summary>
    internal void Stop() => _runner.Stop();

    /// <summary>What a task reads at <c>ECS_CONTAINER_METADATA_URI_V4</c>; null for an unknown task.</summary>
    internal JsonObject? MetadataOf(string task)
    {
        lock (_gate)
        {
            if (_services.SelectMany(one => one.Tasks).FirstOrDefault(one => one.Id == task) is not { } found) return null;
            var network = new JsonObject { ["NetworkMode"] = "awsvpc", ["IPv4Addresses"] = new JsonArray(found.Address) };
            return new JsonObject { ["Networks"] = new JsonArray(network) };
        }
    }

    internal string MakeCluster(string name)
    {
        lock (_gate) _clusters.Add(name);
        return _account.Arn("ecs", $"cluster/{name}");
    }

    internal void DeleteCluster(string name)
    {
        lock (_gate)
        {
            if (_services.Exists(one => one.Cluster == name && one.Status != "INACTIVE"))
            {
                throw new AwsErrorException(
                    400, "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");
            }

            _clusters.Remove(name);
        }
    }

    private void OnLocked(string operation, Func<JsonObject, JsonObject> answer) => On(operation, request =>
    {
        lock (_gate) return answer(request.Input);
    });

    private string Cluster(JsonObject input)
    {
        var name = (input.Text("cluster") ?? "default").Split('/')[^1];
        return _clusters.Contains(name) ? name : throw new AwsErrorException(400, "ClusterNotFoundException", "Cluster not found.");
    }

    private JsonObject DefinitionOf(string arn) =>
        _definitions.Values.SelectMany(family => family).FirstOrDefault(one => one.Text("taskDefinitionArn") == arn)
        ?? throw new AwsErrorException(400, "ClientException", "Unable to describe task definition.");

    private JsonObject Register(JsonObject input)
    {
        var family = input.Text("family")!;
        var revisions = _definitions.TryGetValue(family, out var known) ? known : _definitions[family] = [];
        foreach (var container in input.Items("containerDefinitions"))
            if (container.Number("stopTimeout") is > 120)
                throw new AwsErrorException(400, "ClientException", "The stopTimeout value must be at most 120 seconds on Fargate.");
        var definition = (JsonObject)input.DeepClone();
        definition.Remove("tags");
        definition["revision"] = revisions.Count + 1;
        definition["taskDefinitionArn"] = _account.Arn("ecs", $"task-definition/{family}:{revisions.Count + 1}");
        definition["status"] = "ACTIVE";
        revisions.Add(definition);
        return new JsonObject { ["taskDefinition"] = definition.DeepClone() };
    }

    private JsonObject Deregister(JsonObject input)
    {
        var definition = DefinitionOf(input.Text("taskDefinition")!);
        definition["status"] = "INACTIVE";
        return new JsonObject { ["taskDefinition"] = definition.DeepClone() };
    }

    private JsonObject Create(JsonObject input)
    {
        var (cluster, name) = (Cluster(input), input.Text("serviceName")!);
        var definition = DefinitionOf(input.Text("taskDefinition")!);
        if (definition.Text("status") != "ACTIVE") throw new AwsErrorException(400, "ClientException", "TaskDefinition is inactive");
        var present = _services.Find(one => one.Cluster == cluster && one.Name == name && one.Status != "INACTIVE");
        if (present is { Status: "DRAINING" })
            throw new AwsErrorException(400, "InvalidParameterException", "Unable to Start a service that is still Draining.");
        if (present is not null)
        {
            return present.Request.Text("clientToken") is { } token && token == input.Text("clientToken")
                ? new JsonObject { ["service"] = EcsViews.Of(present, withTags: false) }
                : throw new AwsErrorException(400, "InvalidParameterException", "Creation of service was not idempotent.");
        }

        var service = Add(cluster, name, input.Text("taskDefinition")!, input.Number("desiredCount") ?? 1, input,
            _account.Options.RunsProcesses);
        return new JsonObject { ["service"] = EcsViews.Of(service, withTags: false) };
    }

    private ServiceRecord Add(string cluster, string name, string definition, int desired, JsonObject request, bool runs)
    {
        _services.RemoveAll(one => one.Cluster == cluster && one.Name == name);
        var service = new ServiceRecord
        {
            Name = name,
            Cluster = cluster,
            Arn = _account.Arn("ecs", $"service/{cluster}/{name}"),
            Definition = definition,
            CreatedAt = _account.Time.GetUtcNow(),
            Request = (JsonObject)request.DeepClone(),
            RunsProcesses = runs,
            Desired = desired,
        };
        _services.Add(service);
        _runner.Adjust(service);
        return service;
    }

    private ServiceRecord Find(JsonObject input, string member = "service")
    {
        var (cluster, name) = (Cluster(input), input.Text(member)!.Split('/')[^1]);
        return _services.Find(one => one.Cluster == cluster && one.Name == name)
            ?? throw new AwsErrorException(400, "ServiceNotFoundException", "Service not found.");
    }

    private JsonObject Update(JsonObject input)
    {
        var service = Find(input);
        if (service.Status != "ACTIVE") throw new AwsErrorException(400, "ServiceNotActiveException", "Service was not ACTIVE.");
        service.Desired = input.Number("desiredCount") ?? service.Desired;
        _runner.Adjust(service);
        return new JsonObject { ["service"] = EcsViews.Of(service, withTags: false) };
    }

    private JsonObject Delete(JsonObject input)
    {
        var service = Find(input);
        if (service.Status != "ACTIVE") throw new AwsErrorException(400, "ServiceNotActiveException", "Service was not ACTIVE.");
        if (service.Desired > 0 && !input.Flag("force"))
        {
            throw new AwsErrorException(400, "InvalidParameterException",
                "The service cannot be stopped while it is scaled above 0.");
        }

        End(service);
        return new JsonObject { ["service"] = EcsViews.Of(service, withTags: false) };
    }

    private void End(ServiceRecord service)
    {
        (service.Status, service.Desired) = ("DRAINING", 0);
        _runner.Adjust(service);
    }

    private JsonObject Describe(JsonObject input)
    {
        var cluster = Cluster(input);
        var wanted = input.Texts("services").Select(one => one.Split('/')[^1]).ToList();
        if (wanted.Count is 0 or > MaxServices)
            throw new AwsErrorException(400, "InvalidParameterException", $"Services list must have 1 to {MaxServices} entries.");
        var found = wanted.Select(name => _services.Find(one => one.Cluster == cluster && one.Name == name)).OfType<ServiceRecord>();
        var isTagged = input.Texts("include").Contains("TAGS");
        return new JsonObject
        {
            ["services"] = new JsonArray([.. found.Select(one => (JsonNode)EcsViews.Of(one, isTagged))]),
            ["failures"] = new JsonArray([.. wanted.Where(name => !_services.Exists(one => one.Cluster == cluster && one.Name == name))
                .Select(name => (JsonNode)new JsonObject
                {
                    ["arn"] = _account.Arn("ecs", $"service/{cluster}/{name}"),
                    ["reason"] = "MISSING",
                })]),
        };
    }

    private JsonObject Protect(JsonObject input)
    {
        var cluster = Cluster(input);
        var wanted = input.Texts("tasks").ToList();
        if (wanted.Count is 0 or > MaxProtected)
            throw new AwsErrorException(400, "InvalidParameterException", $"Tasks list must have 1 to {MaxProtected} entries.");
        var tasks = _services.Where(one => one.Cluster == cluster).SelectMany(one => one.Tasks)
            .Where(task => wanted.Contains(task.Arn) && task is { DesiredStatus: "RUNNING", HasEnded: false }).ToList();
        var until = _account.Time.GetUtcNow() + TimeSpan.FromMinutes(input.Number("expiresInMinutes") ?? DefaultProtectionMinutes);
        foreach (var task in tasks) task.ProtectedUntil = input.Flag("protectionEnabled") ? until : null;
        return new JsonObject
        {
            ["protectedTasks"] = new JsonArray([.. tasks.Select(task => (JsonNode)new JsonObject
            {
                ["taskArn"] = task.Arn,
                ["protectionEnabled"] = task.ProtectedUntil is not null,
                ["expirationDate"] = task.ProtectedUntil?.Seconds(),
            })]),
            ["failures"] = new JsonArray([.. wanted.Except(tasks.Select(task => task.Arn)).Select(arn => (JsonNode)new JsonObject
            {
                ["arn"] = arn,
                ["reason"] = "TASK_NOT_VALID",
            })]),
        };
    }

    private JsonObject ListTasks(JsonObject input)
    {
        var service = Find(input, "serviceName");
        if (service.Status == "INACTIVE") throw new AwsErrorException(400, "ServiceNotFoundException", "Service not found.");
        var wanted = input.Text("desiredStatus") ?? "RUNNING";
        return Pages.Of(
            service.Tasks.Where(task => task.DesiredStatus == wanted).Select(task => (JsonNode)task.Arn), "taskArns", input, MaxTasks);
    }
}
