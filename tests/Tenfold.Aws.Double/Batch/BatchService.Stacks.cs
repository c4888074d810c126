using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Batch;

/// <summary>What CloudFormation does to Batch.</summary>
public sealed partial class BatchService
{
    internal string MakeEnvironment(string name, JsonObject properties)
    {
        var resources = properties["ComputeResources"];
        var environment = new ComputeEnvironment
        {
            Name = name,
            Arn = _account.Arn("batch", $"compute-environment/{name}"),
            Type = resources.Text("Type") ?? "EC2",
            MaxVcpus = resources.Number("MaxvCpus") ?? 0,
            State = properties.Text("State") ?? "ENABLED",
            InstanceTypes = resources.Texts("InstanceTypes"),
            Subnets = resources.Texts("Subnets"),
            SecurityGroups = resources.Texts("SecurityGroupIds"),
            InstanceRole = resources.Text("InstanceRole"),
            ServiceRole = properties.Text("ServiceRole"),
            Tags = properties.Map("Tags"),
        };
        lock (_state.Gate) _state.Environments.Add(environment);
        return environment.Arn;
    }

    internal string MakeQueue(string name, JsonObject properties)
    {
        lock (_state.Gate)
        {
            var queue = new BatchQueue
            {
                Name = name,
                Arn = _account.Arn("batch", $"job-queue/{name}"),
                Environments = Environments(properties),
                Tags = properties.Map("Tags"),
                SchedulingPolicyArn = properties.Text("SchedulingPolicyArn"),
            };
            Apply(queue, properties);
            _state.Queues.Add(queue);
            return queue.Arn;
        }
    }

    internal void ChangeEnvironment(string arn, JsonObject properties)
    {
        lock (_state.Gate)
        {
            if (_state.Environment(arn) is not { } environment) return;
            environment.MaxVcpus = properties["ComputeResources"].Number("MaxvCpus") ?? 0;
            environment.State = properties.Text("State") ?? "ENABLED";
            _scheduler.Pump();
        }
    }

    internal void ChangeQueue(string arn, JsonObject properties)
    {
        lock (_state.Gate)
        {
            if (_state.Queue(arn) is not { } queue) return;
            queue.Environments = Environments(properties);
            Apply(queue, properties);
            _scheduler.Pump();
        }
    }

    internal void DeleteEnvironment(string arn)
    {
        lock (_state.Gate)
        {
            if (_state.Queues.Exists(queue => queue.Environments.Any(e => e.Arn == arn)))
                throw new AwsErrorException(400, "ClientException", "Cannot delete, found existing JobQueue relationship");
            _state.Environments.RemoveAll(environment => environment.Arn == arn);
        }
    }

    internal void DeleteQueue(string arn)
    {
        lock (_state.Gate)
        {
            foreach (var job in _state.Jobs.Where(job => job.Queue.Arn == arn && !job.HasEnded).ToArray())
                _scheduler.Terminate(job, "Job queue deleted");
            _state.Queues.RemoveAll(queue => queue.Arn == arn);
        }
    }

    private List<ComputeEnvironment> Environments(JsonObject properties) =>
    [
        .. properties.Items("ComputeEnvironmentOrder").OrderBy(e => e.Number("Order"))
            .Select(e => _state.Environment(e.Text("ComputeEnvironment")!)
            ?? throw new AwsErrorException(400, "ClientException", $"{e.Text("ComputeEnvironment")} does not exist")),
    ];

    private static void Apply(BatchQueue queue, JsonObject properties)
    {
        queue.State = properties.Text("State") ?? "ENABLED";
        queue.Priority = properties.Number("Priority") ?? 1;
        queue.TimeLimits =
        [
            .. properties.Items("JobStateTimeLimitActions").Select(limit => new JsonObject
            {
                ["reason"] = limit.Text("Reason"), ["state"] = limit.Text("State"), ["action"] = limit.Text("Action"),
                ["maxTimeSeconds"] = limit.Number("MaxTimeSeconds"),
            }),
        ];
    }
}
