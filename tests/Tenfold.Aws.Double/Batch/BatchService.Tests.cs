using System.Text.Json.Nodes;

namespace Tenfold.Aws.Double.Batch;

/// <summary>What tests do to Batch, beside calling it.</summary>
public sealed partial class BatchService
{
    /// <summary>The ids of all jobs in the order of submission, those of arrays included.</summary>
    public IReadOnlyList<string> JobIds
    {
        get
        {
            lock (_state.Gate) return [.. _state.Jobs.SelectMany(job => (BatchJob[])[job, .. job.Children ?? []]).Select(job => job.Id)];
        }
    }

    /// <summary>Adds a compute environment.</summary>
    public void AddComputeEnvironment(string name, string type = "EC2", int maxVcpus = 64, params string[] instanceTypes)
    {
        lock (_state.Gate)
        {
            _state.Environments.Add(new ComputeEnvironment
            {
                Name = name,
                Arn = _account.Arn("batch", $"compute-environment/{name}"),
                Type = type,
                MaxVcpus = maxVcpus,
                InstanceTypes = instanceTypes.Length > 0 ? instanceTypes : ["optimal"],
            });
        }
    }

    /// <summary>Adds a queue over compute environments.</summary>
    public void AddQueue(string name, params string[] environments)
    {
        lock (_state.Gate)
        {
            _state.Queues.Add(new BatchQueue
            {
                Name = name,
                Arn = _account.Arn("batch", $"job-queue/{name}"),
                Environments = [.. environments.Select(e => _state.Environment(e) ?? throw new ArgumentException($"no environment {e}"))],
            });
        }
    }

    /// <summary>Adds a rule that ends jobs which wait too long for a reason.</summary>
    public void LimitWaiting(string queue, string reason, int seconds) => Change(queue, found => found.TimeLimits =
    [
        .. found.TimeLimits,
        new JsonObject { ["reason"] = reason, ["state"] = "RUNNABLE", ["maxTimeSeconds"] = seconds, ["action"] = "CANCEL" },
    ]);

    /// <summary>No job of the queue is placed; the one at its head shows the reason, for example
    /// CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY.</summary>
    public void Block(string queue, string reason) => Change(queue, found => found.Blockage = reason);

    /// <summary>No job of the queue is placed, and none shows a reason, as with a full vCPU quota.</summary>
    public void HoldBack(string queue) => Change(queue, found => found.IsStuck = true);

    /// <summary>Jobs of the queue are placed again.</summary>
    public void Unblock(string queue) => Change(queue, found => (found.Blockage, found.IsStuck) = (null, false));

    /// <summary>The queue takes no more jobs, or takes jobs again.</summary>
    public void Disable(string queue, bool disabled = true) => Change(queue, found => found.State = disabled ? "DISABLED" : "ENABLED");

    /// <summary>An image can't be pulled.</summary>
    public void FailImage(string image, string reason) => _runner.Faults.Images[image] = reason;

    /// <summary>A role can't be assumed.</summary>
    public void FailRole(string arn) => _runner.Faults.Roles[arn] = true;

    /// <summary>The machines of jobs die without notice.</summary>
    public void KillHosts(params string[] jobIds) => EndAll(jobIds, AttemptEnd.HostLost);

    /// <summary>Jobs lose their spot machines: SIGTERM, then SIGKILL.</summary>
    public void ReclaimSpot(params string[] jobIds) => EndAll(jobIds, AttemptEnd.SpotReclaimed);

    /// <summary>Jobs are killed for their use of memory.</summary>
    public void RunOutOfMemory(params string[] jobIds) => EndAll(jobIds, AttemptEnd.OutOfMemory);

    /// <summary>The time of jobs is over.</summary>
    public void TimeOut(params string[] jobIds) => EndAll(jobIds, AttemptEnd.TimedOut);

    /// <summary>Once the jobs end, ECS can't inspect their containers: they are FAILED although their work is done.</summary>
    public void FailInspection(params string[] jobIds)
    {
        lock (_state.Gate) foreach (var id in jobIds) Job(id).Current!.End = AttemptEnd.InspectionFailed;
    }

    /// <summary>Ends a job that runs no process.</summary>
    public void End(string jobId, int exitCode = 0)
    {
        lock (_state.Gate) Job(jobId).Current?.Imagined.TrySetResult(exitCode);
    }

    /// <summary>A job as DescribeJobs shows it, without a call; null for an unknown id.</summary>
    public JsonObject? Show(string jobId)
    {
        lock (_state.Gate) return _state.Find(jobId) is { } job ? _views.Describe(job) : null;
    }

    /// <summary>A job's status.</summary>
    public string StatusOf(string jobId)
    {
        lock (_state.Gate) return Job(jobId).Status;
    }

    internal void Stop()
    {
        lock (_state.Gate)
        {
            _scheduler.Stop();
            _account.Machines.Close();
        }
    }

    private void Change(string queue, Action<BatchQueue> change)
    {
        lock (_state.Gate)
        {
            change(_state.Queue(queue) ?? throw new ArgumentException($"no queue {queue}"));
            _scheduler.Pump();
        }
    }

    private void EndAll(string[] jobIds, AttemptEnd end)
    {
        lock (_state.Gate) foreach (var id in jobIds) _runner.Stop(Job(id), end);
    }

    private BatchJob Job(string id) => _state.Find(id) ?? throw new ArgumentException($"no job {id}");
}
