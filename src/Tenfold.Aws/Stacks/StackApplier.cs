using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Stacks;

/// <summary>Carries out plans, and brings stacks of failed or interrupted changes to an end.</summary>
/// <param name="stack">The stack.</param>
public sealed class StackApplier(AwsStack stack)
{
    /// <summary>Executes a plan's change set, and follows AWS to the end.</summary>
    /// <param name="plan">The plan, which must still exist in AWS.</param>
    /// <param name="report">Receives what happens to each resource.</param>
    /// <param name="cancellationToken">Stops following; AWS goes on.</param>
    /// <exception cref="AwsException">
    /// AWS refused to execute the plan, which is removed then; or gave no answer to that.
    /// </exception>
    public async Task<ApplyResult> ApplyAsync(StackPlan plan, Action<StackProgress> report, CancellationToken cancellationToken)
    {
        var token = NewToken();
        var isCertain = true;
        var watch = new StackWatch(stack);
        await watch.SkipEarlierAsync(plan.StackId, cancellationToken);
        try
        {
            await stack.Client.ExecuteChangeSetAsync(new(plan.ChangeSetId)
            {
                ClientRequestToken = token,
                // A new stack that fails leaves nothing behind, not even an empty bucket.
                RetainExceptOnCreate = plan.IsNew ? true : null,
            }, cancellationToken);
        }
        catch (AwsException e) when (e.Fault is AwsFault.Conflict or AwsFault.NotFound)
        {
            if (!e.MayHaveTakenEffect) return new ApplyResult.Outdated();
            // The answer to the first request was lost, and an executed change set can't be executed twice.
            isCertain = false;
        }
        catch (AwsException e) when (!e.MayHaveTakenEffect)
        {
            await new StackPlanner(stack).TryDiscardAsync(plan);
            throw;
        }

        var result = await FollowAsync(watch, plan.StackId, token, report, cancellationToken);
        if (!isCertain && !watch.HasSeenAny) return new ApplyResult.Outdated();
        if (result is ApplyResult.Done && plan.IsNew && !stack.Client.IsAmazons) await ShowOutputsAsync(plan.StackId, cancellationToken);
        return result;
    }

    // Some emulators of AWS (Moto) give outputs to a stack that a change set made only once it is updated.
    private async Task ShowOutputsAsync(string id, CancellationToken cancellationToken)
    {
        if (await stack.FindAsync(id, cancellationToken) is not { Outputs.Count: 0 }) return;
        var token = NewToken();
        var watch = new StackWatch(stack);
        await watch.SkipEarlierAsync(id, cancellationToken);
        try
        {
            await stack.Client.UpdateStackAsync(
                new(id) { UsePreviousTemplate = true, Capabilities = ["CAPABILITY_IAM"], ClientRequestToken = token }, cancellationToken);
            await FollowAsync(watch, id, token, _ => { }, cancellationToken);
        }
        catch (AwsException)
        {
            // Whoever reads the stack is told what it lacks.
        }
    }

    /// <summary>Follows what AWS does with the stack at the moment, for whomever it does that.</summary>
    public async Task<ApplyResult> WatchAsync(Action<StackProgress> report, CancellationToken cancellationToken)
    {
        if (await stack.FindAsync(stack.Name, cancellationToken) is not { } found) return new ApplyResult.Gone();
        var watch = new StackWatch(stack);
        var id = found.StackId ?? stack.Name;
        var token = await watch.CurrentTokenAsync(id, cancellationToken);
        return await FollowAsync(watch, id, token, report, cancellationToken);
    }

    /// <summary>Deletes a stack whose creation failed.</summary>
    public async Task<ApplyResult> RemoveFailedAsync(Action<StackProgress> report, CancellationToken cancellationToken)
    {
        if (await stack.FindAsync(stack.Name, cancellationToken) is not { } found || !StackStatus.IsFailedCreation(found.StackStatus))
            return new ApplyResult.Outdated();
        var token = NewToken();
        var id = found.StackId ?? stack.Name;
        var watch = new StackWatch(stack);
        await watch.SkipEarlierAsync(id, cancellationToken);
        await stack.Client.DeleteStackAsync(new(id) { ClientRequestToken = token }, cancellationToken);
        var result = await FollowAsync(watch, id, token, report, cancellationToken);
        return result is ApplyResult.Gone ? new ApplyResult.Done() : result;
    }

    /// <summary>Continues the way back from an update that failed.</summary>
    /// <param name="skip">Resources that can't be taken back, which stay as they are.</param>
    /// <param name="report">Receives what happens to each resource.</param>
    /// <param name="cancellationToken">Stops following; AWS goes on.</param>
    public async Task<ApplyResult> ContinueRollbackAsync(
        IReadOnlyList<string> skip, Action<StackProgress> report, CancellationToken cancellationToken)
    {
        if (await stack.FindAsync(stack.Name, cancellationToken) is not { StackStatus: StackStatus.UpdateRollbackFailed } found)
            return new ApplyResult.Outdated();
        var token = NewToken();
        var id = found.StackId ?? stack.Name;
        var watch = new StackWatch(stack);
        await watch.SkipEarlierAsync(id, cancellationToken);
        await stack.Client.ContinueUpdateRollbackAsync(
            new(id) { ResourcesToSkip = skip.Count == 0 ? null : skip, ClientRequestToken = token }, cancellationToken);
        var result = await FollowAsync(watch, id, token, report, cancellationToken);
        // The way back was the aim, so this is no failure.
        return result is ApplyResult.Failed { Status: "UPDATE_ROLLBACK_COMPLETE" } ? new ApplyResult.Done() : result;
    }

    internal static string NewToken() => $"tenfold-{Guid.NewGuid():N}";

    private static async Task<ApplyResult> FollowAsync(
        StackWatch watch, string id, string? token, Action<StackProgress> report, CancellationToken cancellationToken)
    {
        try
        {
            return await watch.FollowAsync(id, token, report, cancellationToken) switch
            {
                StackEnd.Failed failed => new ApplyResult.Failed(failed.Status, failed.First),
                StackEnd.Gone => new ApplyResult.Gone(),
                _ => new ApplyResult.Done(),
            };
        }
        catch (AwsException e)
        {
            return new ApplyResult.Unwatched(e.Message);
        }
    }
}
