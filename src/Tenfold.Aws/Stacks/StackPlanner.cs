using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Stacks;

/// <summary>Plans changes of a stack: a change set is created, described, and discarded or executed afterwards.</summary>
/// <param name="stack">The stack.</param>
public sealed class StackPlanner(AwsStack stack)
{
    // Change sets of other tools and people have other names, and are left alone.
    private const string NamePrefix = "tenfold-";
    private static readonly TimeSpan DiscardPatience = TimeSpan.FromSeconds(30);

    /// <summary>Plans, and removes the change sets that killed processes have left behind. The stack itself stays as it is.</summary>
    /// <param name="settings">What the stack should have.</param>
    /// <param name="isToBeApplied">True to make Batch's own role in the account, if it is missing. A stack can't make it.</param>
    /// <param name="cancellationToken">Cancels the call, and removes what it has made.</param>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<PlanResult> PlanAsync(IStackSettings settings, bool isToBeApplied, CancellationToken cancellationToken)
    {
        var found = await stack.FindAsync(stack.Name, cancellationToken);
        var isNew = found is null || found.StackStatus is StackStatus.InReview or StackStatus.Deleted;
        if (!isNew && WhyNotNow(found!.StackStatus) is { } reason) return reason;
        if (found is { StackStatus: not StackStatus.Deleted }) await RemoveLeftoversAsync(cancellationToken);
        if (isNew && settings is StackSettings runs)
            settings = runs with { BatchServiceRole = await new BatchServiceRole(stack).FindAsync(isToBeApplied, cancellationToken) };
        return await CreateAsync(settings, found, isNew, cancellationToken);
    }

    /// <summary>Removes a plan's change set, and the empty stack that AWS makes for the change set of a new stack.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer. The next plan removes the change set.</exception>
    public Task DiscardAsync(StackPlan plan) => DiscardAsync(plan.ChangeSetId, plan.StackId, plan.IsNew);

    /// <summary>Removes a plan if possible; otherwise the next plan removes it.</summary>
    public Task TryDiscardAsync(StackPlan plan) => TryDiscardAsync(plan.ChangeSetId, plan.StackId, plan.IsNew);

    private static PlanResult? WhyNotNow(string status) => status switch
    {
        _ when StackStatus.IsInProgress(status) => new PlanResult.InProgress(status),
        _ when StackStatus.IsFailedCreation(status) => new PlanResult.FailedCreation(status),
        StackStatus.UpdateRollbackFailed => new PlanResult.FailedRollback(),
        StackStatus.DeleteFailed => new PlanResult.FailedDeletion(),
        _ => null,
    };

    private async Task<PlanResult> CreateAsync(IStackSettings settings, Stack? found, bool isNew, CancellationToken cancellationToken)
    {
        var name = $"{NamePrefix}{Guid.NewGuid():N}";
        var stackId = found?.StackId;
        try
        {
            stackId = await CreateChangeSetAsync(name, settings, found, isNew, cancellationToken) ?? stackId;
            return await DescribeAsync(name, stackId, isNew, cancellationToken);
        }
        catch (AwsException e) when (AwsTexts.IsWithoutChanges(e.Detail))
        {
            // Some emulators of AWS refuse such a change set at once.
            return new PlanResult.NothingToChange();
        }
        catch
        {
            // The caller must see the first fault. A change set that stays is removed by the next plan.
            await TryDiscardAsync(name, stackId ?? stack.Name, isNew);
            throw;
        }
    }

    private async Task<string?> CreateChangeSetAsync(
        string name, IStackSettings settings, Stack? found, bool isNew, CancellationToken cancellationToken)
    {
        var parameters = settings.ToParameters(stack.Region, isNew ? [] : found!.Parameters.Select(parameter => parameter.ParameterKey));
        try
        {
            return (await stack.Client.CreateChangeSetAsync(new(stack.Name, name)
            {
                ChangeSetType = isNew ? "CREATE" : "UPDATE",
                TemplateBody = settings.ReadTemplate(),
                Parameters = parameters.Count == 0 ? null : parameters,
                Capabilities = ["CAPABILITY_IAM"],
                Tags = [new(AwsStack.Tag, stack.Name)],
                ClientToken = name,
            }, cancellationToken)).StackId;
        }
        catch (AwsException e) when (e.Fault == AwsFault.Conflict && e.MayHaveTakenEffect)
        {
            // The answer to the first request was lost, and the second one found the change set.
            return null;
        }
    }

    private async Task<PlanResult> DescribeAsync(string name, string? stackId, bool isNew, CancellationToken cancellationToken)
    {
        while (true)
        {
            var set = await stack.Client.DescribeChangeSetAsync(new(name) { StackName = stack.Name }, cancellationToken);
            stackId ??= set.StackId;
            switch (set.Status)
            {
                case "CREATE_COMPLETE":
                    return new PlanResult.Planned(new StackPlan
                    {
                        Stack = stack.Name,
                        Region = stack.Region,
                        IsNew = isNew,
                        Changes = await ListAsync(name, cancellationToken),
                        ChangeSetId = set.ChangeSetId,
                        StackId = stackId ?? stack.Name,
                    });
                case "FAILED":
                    await DiscardAsync(name, stackId ?? stack.Name, isNew);
                    return AwsTexts.IsWithoutChanges(set.StatusReason)
                        ? new PlanResult.NothingToChange() : new PlanResult.Refused(set.StatusReason ?? "AWS gave no reason");
            }

            await stack.PauseAsync(cancellationToken);
        }
    }

    private async Task<IReadOnlyList<PlannedChange>> ListAsync(string name, CancellationToken cancellationToken)
    {
        var changes = new List<PlannedChange>();
        await foreach (var change in stack.Client.ListChangesAsync(new(name) { StackName = stack.Name }, cancellationToken))
            if (change.ResourceChange is { } resource) changes.Add(ToPlanned(resource));
        return changes;
    }

    private static PlannedChange ToPlanned(ResourceChange change) => new(
        change.LogicalResourceId ?? "", change.ResourceType ?? "",
        change.Action switch
        {
            "Add" => PlannedAction.Add,
            "Modify" => PlannedAction.Modify,
            "Remove" => PlannedAction.Remove,
            _ => PlannedAction.Other,
        },
        change.Replacement switch
        {
            "True" => Replacement.Yes,
            "Conditional" => Replacement.Perhaps,
            _ => Replacement.No,
        },
        [.. change.Details.Select(detail => detail.Target?.Name ?? detail.Target?.Attribute).OfType<string>().Distinct()],
        change.PhysicalResourceId);

    private async Task RemoveLeftoversAsync(CancellationToken cancellationToken)
    {
        var left = new List<string>();
        await foreach (var set in stack.Client.ListChangeSetsAsync(new() { StackName = stack.Name }, cancellationToken))
            if (set.ChangeSetName?.StartsWith(NamePrefix, StringComparison.Ordinal) == true) left.Add(set.ChangeSetName);
        foreach (var name in left) await DeleteAsync(name, cancellationToken);
    }

    private async Task DeleteAsync(string changeSet, CancellationToken cancellationToken)
    {
        try
        {
            var isArn = changeSet.StartsWith("arn:", StringComparison.Ordinal);
            await stack.Client.DeleteChangeSetAsync(new(changeSet) { StackName = isArn ? null : stack.Name }, cancellationToken);
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // Another process has removed it.
        }
    }

    private async Task TryDiscardAsync(string changeSet, string stackId, bool isNew)
    {
        try
        {
            await DiscardAsync(changeSet, stackId, isNew);
        }
        catch (Exception e) when (e is AwsException or OperationCanceledException)
        {
            // The next plan removes it.
        }
    }

    // Also after Ctrl-C, so it doesn't take the caller's token.
    private async Task DiscardAsync(string changeSet, string stackId, bool isNew)
    {
        using var limit = new CancellationTokenSource(DiscardPatience, stack.Time);
        await DeleteAsync(changeSet, limit.Token);
        if (!isNew) return;
        // Another process may have executed a change set of its own meanwhile; then the stack is in use.
        var found = await stack.FindAsync(stackId, limit.Token);
        if (found?.StackStatus == StackStatus.InReview)
            await stack.Client.DeleteStackAsync(new(found.StackId ?? stack.Name), limit.Token);
    }
}
