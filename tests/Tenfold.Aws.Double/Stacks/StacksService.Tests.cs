namespace Tenfold.Aws.Double.Stacks;

/// <summary>What tests do to CloudFormation, beside calling it.</summary>
public sealed partial class StacksService
{
    /// <summary>Adds a stack that exists, with its outputs and tags, and without resources.</summary>
    public void Add(string name, IReadOnlyDictionary<string, string> outputs, IReadOnlyDictionary<string, string>? tags = null)
    {
        lock (_gate)
        {
            var stack = _stacks.Add(name);
            stack.Tags = new(tags ?? new Dictionary<string, string>());
            stack.Status = "CREATE_COMPLETE";
            stack.Outputs = [.. outputs.Select(output => (output.Key, output.Value, (string?)null))];
        }
    }

    /// <summary>A stack's status; null for a stack that does not exist.</summary>
    public string? StatusOf(string name)
    {
        lock (_gate) return _stacks.Living(name)?.Status;
    }

    /// <summary>The output of a stack.</summary>
    public string OutputOf(string name, string key)
    {
        lock (_gate) return _stacks.Find(name).Outputs.Find(output => output.Key == key).Value;
    }

    /// <summary>The physical id of a resource, also of one that a deleted stack has left; null for none.</summary>
    public string? ResourceOf(string name, string logicalId)
    {
        lock (_gate)
            return _stacks.All.LastOrDefault(stack => stack.Name == name)?.Resources
                .Find(resource => resource.LogicalId == logicalId && resource.Status != "DELETE_COMPLETE")?.PhysicalId;
    }

    /// <summary>Sets a stack's status, for example UPDATE_ROLLBACK_FAILED.</summary>
    public void SetStatus(string name, string status, string? reason = null)
    {
        lock (_gate)
        {
            // The models that check answers are older than this status of an event.
            if (status == "REVIEW_IN_PROGRESS") _stacks.Find(name).Status = status;
            else _deployment.Change(_stacks.Find(name), status, reason);
        }
    }

    /// <summary>A resource can't be created or changed; null: it can again.</summary>
    public void FailCreation(string logicalId, string? reason)
    {
        if (reason is null) _deployment.CreateFaults.TryRemove(logicalId, out _);
        else _deployment.CreateFaults[logicalId] = reason;
    }

    /// <summary>A resource can't be deleted; null: it can again.</summary>
    public void FailDeletion(string logicalId, string? reason)
    {
        if (reason is null) _deployment.DeleteFaults.TryRemove(logicalId, out _);
        else _deployment.DeleteFaults[logicalId] = reason;
    }

    /// <summary>Deployments wait before the resource until the task completes.</summary>
    public void HoldBefore(string logicalId, Task until) =>
        _deployment.Before = name => name == logicalId ? until : Task.CompletedTask;

    /// <summary>Somebody deletes a resource by hand; only a detection of drift shows it.</summary>
    public void DeleteByHand(string name, string logicalId)
    {
        lock (_gate) Resource(name, logicalId).Drift = "DELETED";
    }

    /// <summary>Somebody changes a resource by hand; only a detection of drift shows it.</summary>
    public void ChangeByHand(string name, string logicalId, string path, string actual)
    {
        lock (_gate)
        {
            var resource = Resource(name, logicalId);
            (resource.Drift, resource.Changed) = ("MODIFIED", (path, actual));
        }
    }

    /// <summary>Somebody deletes the whole stack by hand.</summary>
    public void RemoveByHand(string name)
    {
        lock (_gate) _deployment.Delete(_stacks.Find(name), [], isForced: true);
    }

    internal void Stop() => _buckets.Dispose();

    private StackResource Resource(string name, string logicalId) =>
        _stacks.Find(name).Resources.Find(resource => resource.LogicalId == logicalId)
            ?? throw new ArgumentException($"no resource {logicalId}");
}
