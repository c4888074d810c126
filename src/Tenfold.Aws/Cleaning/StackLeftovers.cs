using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Logs;
using Tenfold.Aws.Stacks;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Cleaning;

/// <summary>
/// Finds a stack that never became complete or could not be deleted, and what a deleted stack has left that nobody needs. A bucket and a
/// repository with users' files are no leftovers: only <c>tenfold infra destroy --with-artifacts</c> deletes them.
/// </summary>
/// <param name="stack">The stack.</param>
/// <param name="pace">The pause between two calls that ask how far a deletion is; null for the default.</param>
/// <param name="time">The clock.</param>
internal sealed class StackLeftovers(AwsStack stack, TimeSpan? pace, TimeProvider time)
{
    // `tenfold infra plan` and `apply` use such a stack for some minutes.
    private static readonly TimeSpan InUse = TimeSpan.FromHours(1);

    /// <inheritdoc cref="IFindsLeftovers.FindLeftoversAsync"/>
    public async Task<IReadOnlyList<TargetLeftover>> FindAsync(CancellationToken cancellationToken)
    {
        var found = await stack.FindAsync(stack.Name, cancellationToken);
        if (found is null || found.StackStatus == StackStatus.Deleted)
            return [.. await FindGroupAsync(cancellationToken), .. await FindCachesAsync(cancellationToken)];
        return IsOurs(found) && WhyHalfMade(found) is { } why
            ? [Leftover($"stack {stack.Name}", why, DestroyAsync)]
            : [];
    }

    private bool IsOurs(Stack found) => found.Tags.Any(tag => tag.Key == AwsStack.Tag && tag.Value == stack.Name);

    private string? WhyHalfMade(Stack found) => found.StackStatus switch
    {
        StackStatus.InReview when time.GetUtcNow() - found.CreationTime > InUse => "a plan was made, and never applied",
        StackStatus.DeleteFailed => "its deletion failed",
        var status when StackStatus.IsFailedCreation(status) => "its creation failed",
        _ => null,
    };

    // The destruction refuses nothing here, but it deletes no artifacts, and it ends no work.
    private async Task DestroyAsync(CancellationToken cancellationToken)
    {
        // Another process may have repaired it, or made a stack of this name, since it was found.
        var found = await stack.FindAsync(stack.Name, cancellationToken);
        if (found is null || found.StackStatus == StackStatus.Deleted) return;
        if (!IsOurs(found) || WhyHalfMade(found) is null)
        {
            throw new TargetException(
                $"the stack {stack.Name} is {found.StackStatus} now, so another process uses it: "
                + "run `tenfold gc` again to see what is left.");
        }

        using var own = new AwsStack(stack.Name, stack.Options, time) { Pace = pace ?? stack.Pace };
        var destroyer = new StackDestroyer(own);
        var plan = await destroyer.PlanAsync(cancellationToken);
        if (plan.Status is null) return;
        if (plan.Work.Count > 0)
            throw new TargetException($"jobs or machines of the stack still run, for example {plan.Work[0].Id}: end them first.");
        var result = await destroyer.DestroyAsync(plan, withArtifacts: false, _ => { }, cancellationToken);
        if (result is DestroyResult.Failed failed)
        {
            var first = failed.First is { } resource ? $": {resource.Resource}, {resource.Reason}" : "";
            throw new TargetException($"AWS could not delete it ({failed.Status}{first}): run `tenfold infra destroy`.");
        }
    }

    private async Task<IReadOnlyList<TargetLeftover>> FindGroupAsync(CancellationToken cancellationToken)
    {
        using var logs = new LogsClient(stack.Options, time);
        var name = $"/tenfold/{stack.Name}";
        await foreach (var group in logs.DescribeLogGroupsAsync(new() { LogGroupNamePrefix = name }, cancellationToken))
        {
            if (group.LogGroupName != name) continue;
            var tags = await logs.ListTagsLogGroupAsync(new(name), cancellationToken);
            if (tags.Tags.GetValueOrDefault(AwsStack.Tag) != stack.Name) continue;
            return [Leftover($"log group {name}", "its stack is gone", token => DeleteGroupAsync(name, token))];
        }

        return [];
    }

    private async Task<IReadOnlyList<TargetLeftover>> FindCachesAsync(CancellationToken cancellationToken)
    {
        using var repositories = new StackRepositories(stack);
        return
        [
            .. (await repositories.FindCachedAsync(cancellationToken)).Select(cache => Leftover(
                $"repository {cache}", "it has copies of public images, and its stack is gone",
                token => DeleteCacheAsync(cache, token))),
        ];
    }

    private async Task DeleteGroupAsync(string name, CancellationToken cancellationToken)
    {
        using var logs = new LogsClient(stack.Options, time);
        await logs.DeleteLogGroupAsync(new(name), cancellationToken);
    }

    private async Task DeleteCacheAsync(string repository, CancellationToken cancellationToken)
    {
        using var repositories = new StackRepositories(stack);
        await repositories.DeleteAsync(repository, isForced: true, cancellationToken);
    }

    private static TargetLeftover Leftover(string name, string why, Func<CancellationToken, Task> remove) => new(name, why)
    {
        Kind = LeftoverKind.Resource,
        RemoveAsync = token => RegionLeftovers.RemoveAsync(() => remove(token)),
    };
}
