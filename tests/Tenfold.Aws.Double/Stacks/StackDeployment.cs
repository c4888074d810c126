using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>Carries out what a change set or a deletion asks for, one resource after the other, and records an event for each
/// step.</summary>
internal sealed class StackDeployment(Account account, ResourceMaker maker, Lock gate)
{
    /// <summary>Resources that can't be created, by their logical ids, with AWS's reason.</summary>
    public ConcurrentDictionary<string, string> CreateFaults { get; } = new();

    /// <summary>Resources that can't be deleted, by their logical ids, with AWS's reason.</summary>
    public ConcurrentDictionary<string, string> DeleteFaults { get; } = new();

    /// <summary>Completes before each resource; a test can hold a deployment there.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    public void Execute(StackRecord stack, ChangeSetRecord set, bool retainsNothingOnCreate)
    {
        var isNew = stack.Status == "REVIEW_IN_PROGRESS";
        var verb = isNew ? "CREATE" : "UPDATE";
        (stack.TemplateBody, stack.Parameters, stack.Capabilities) = (set.TemplateBody, set.Parameters, set.Capabilities);
        if (set.Tags.Count > 0) stack.Tags = set.Tags;
        Change(stack, $"{verb}_IN_PROGRESS", "User Initiated");
        account.Run(async () =>
        {
            var plan = new StackPlan(account, stack, set.Template, set.Parameters);
            var failed = await ApplyAsync(stack, plan);
            if (failed is null) await CompleteAsync(stack, plan, verb);
            else await RollBackAsync(stack, failed, isNew, retainsNothingOnCreate);
        });
    }

    public void Delete(StackRecord stack, IReadOnlyList<string> retained, bool isForced)
    {
        Change(stack, "DELETE_IN_PROGRESS", "User Initiated");
        account.Run(async () =>
        {
            var failed = new List<string>();
            foreach (var resource in stack.Resources.AsEnumerable().Reverse().Where(resource => resource.Exists).ToArray())
            {
                await Before(resource.LogicalId);
                lock (gate)
                {
                    var keeps = resource.DeletionPolicy is "Retain" or "RetainExceptOnCreate" || retained.Contains(resource.LogicalId);
                    if (!Remove(stack, resource, keeps, isForced)) failed.Add(resource.LogicalId);
                }
            }
            lock (gate)
            {
                if (failed.Count > 0)
                {
                    Change(stack, "DELETE_FAILED", $"The following resource(s) failed to delete: [{string.Join(", ", failed)}]. ");
                    return;
                }
                stack.DeletedAt = account.Time.GetUtcNow();
                Change(stack, "DELETE_COMPLETE", null);
            }
        });
    }

    /// <summary>Sets a stack's status, with an event.</summary>
    public void Change(StackRecord stack, string status, string? reason)
    {
        (stack.Status, stack.StatusReason) = (status, reason);
        Record(stack, stack.Name, stack.Id, "AWS::CloudFormation::Stack", status, reason);
    }

    // The logical id of the resource that failed; null for none.
    private async Task<string?> ApplyAsync(StackRecord stack, StackPlan plan)
    {
        foreach (var name in plan.Order())
        {
            await Before(name);
            lock (gate)
                if (!Apply(stack, plan, name)) return name;
        }
        return null;
    }

    private bool Apply(StackRecord stack, StackPlan plan, string name)
    {
        var definition = plan.Definition(name);
        var there = stack.Resources.Find(resource => resource.LogicalId == name && resource.Exists);
        var properties = plan.Properties(name);
        if (there is not null && JsonNode.DeepEquals(there.Properties, properties)) return true;
        var verb = there is null ? "CREATE" : "UPDATE";
        var resource = there ?? new StackResource { LogicalId = name, Type = definition.Text("Type")! };
        resource.DeletionPolicy = definition.Text("DeletionPolicy") ?? "Delete";
        var previous = resource.Properties;
        resource.Properties = properties;
        if (there is null)
        {
            stack.Resources.RemoveAll(old => old.LogicalId == name);
            stack.Resources.Add(resource);
        }
        Change(stack, resource, $"{verb}_IN_PROGRESS", null);
        try
        {
            if (CreateFaults.TryGetValue(name, out var reason)) throw new AwsErrorException(400, "", reason);
            if (there is null) maker.Make(stack, resource);
            else maker.Change(resource);
            if (there is null) Change(stack, resource, "CREATE_IN_PROGRESS", "Resource creation Initiated");
            Change(stack, resource, $"{verb}_COMPLETE", null);
            return true;
        }
        catch (AwsErrorException e)
        {
            if (there is not null) resource.Properties = previous;
            Change(stack, resource, $"{verb}_FAILED", e.Text);
            return false;
        }
    }

    private async Task CompleteAsync(StackRecord stack, StackPlan plan, string verb)
    {
        string[] wanted;
        lock (gate)
        {
            if (verb == "UPDATE") Change(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", null);
            wanted = [.. plan.Order()];
        }
        foreach (var resource in stack.Resources.AsEnumerable().Reverse().Where(r => r.Exists && !wanted.Contains(r.LogicalId)).ToArray())
        {
            await Before(resource.LogicalId);
            lock (gate) Remove(stack, resource, resource.DeletionPolicy == "Retain", isForced: false);
        }
        lock (gate)
        {
            stack.Outputs = plan.Outputs();
            stack.UpdatedAt = verb == "UPDATE" ? account.Time.GetUtcNow() : null;
            Change(stack, $"{verb}_COMPLETE", null);
        }
    }

    private async Task RollBackAsync(StackRecord stack, string failed, bool isNew, bool retainsNothing)
    {
        var prefix = isNew ? "" : "UPDATE_";
        lock (gate)
            Change(stack, $"{prefix}ROLLBACK_IN_PROGRESS",
                $"The following resource(s) failed to {(isNew ? "create" : "update")}: [{failed}]. " +
                (isNew ? "Rollback requested by user." : ""));
        if (isNew)
        {
            foreach (var resource in stack.Resources.AsEnumerable().Reverse().ToArray())
            {
                await Before(resource.LogicalId);
                lock (gate)
                    Remove(stack, resource, resource.DeletionPolicy == "Retain" && !retainsNothing && resource.Status == "CREATE_COMPLETE",
                        false);
            }
        }
        lock (gate) Change(stack, $"{prefix}ROLLBACK_COMPLETE", null);
    }

    private bool Remove(StackRecord stack, StackResource resource, bool keeps, bool isForced)
    {
        if (keeps)
        {
            Change(stack, resource, "DELETE_SKIPPED", null);
            return true;
        }
        Change(stack, resource, "DELETE_IN_PROGRESS", null);
        try
        {
            if (DeleteFaults.TryGetValue(resource.LogicalId, out var reason)) throw new AwsErrorException(400, "", reason);
            maker.Delete(resource);
            Change(stack, resource, "DELETE_COMPLETE", null);
            return true;
        }
        catch (AwsErrorException e) when (isForced)
        {
            Change(stack, resource, "DELETE_SKIPPED", e.Text);
            return true;
        }
        catch (AwsErrorException e)
        {
            Change(stack, resource, "DELETE_FAILED", e.Text);
            return false;
        }
    }

    private void Change(StackRecord stack, StackResource resource, string status, string? reason)
    {
        (resource.Status, resource.StatusReason, resource.UpdatedAt) = (status, reason, account.Time.GetUtcNow());
        Record(stack, resource.LogicalId, resource.PhysicalId, resource.Type, status, reason);
    }

    private void Record(StackRecord stack, string logical, string physical, string type, string status, string? reason) =>
        stack.Events.Add(new JsonObject
        {
            ["StackId"] = stack.Id,
            ["EventId"] = Guid.NewGuid().ToString(),
            ["StackName"] = stack.Name,
            ["LogicalResourceId"] = logical,
            ["PhysicalResourceId"] = physical,
            ["ResourceType"] = type,
            ["Timestamp"] = account.Time.GetUtcNow().Iso(),
            ["ResourceStatus"] = status,
            ["ResourceStatusReason"] = reason,
            ["ClientRequestToken"] = stack.Token,
        }.WithoutNulls());
}
