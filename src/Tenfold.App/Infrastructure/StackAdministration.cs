using Tenfold.Aws.Stacks;
using Tenfold.Aws.Wire;

namespace Tenfold.App.Infrastructure;

/// <summary>Makes, updates, inspects and deletes what runs on AWS need.</summary>
/// <param name="stack">The stack.</param>
public sealed class StackAdministration(AwsStack stack)
{
    private const int MaxRounds = 6;
    private readonly StackApplier _applier = new(stack);
    private readonly StackPlanner _planner = new(stack);

    /// <summary>Plans, and leaves nothing in AWS.</summary>
    /// <param name="settings">What the stack should have.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What applying would do; or Unavailable or BadInput with AWS's reason.</returns>
    public Task<Outcome<PlanResult>> PlanAsync(IStackSettings settings, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        var result = await _planner.PlanAsync(settings, isToBeApplied: false, cancellationToken);
        if (result is PlanResult.Planned planned) await _planner.DiscardAsync(planned.Plan);
        return result;
    });

    /// <summary>Brings what an earlier command has begun to its end, and plans.</summary>
    /// <param name="settings">What the stack should have.</param>
    /// <param name="skip">Resources that a failed way back leaves as they are.</param>
    /// <param name="watch">Receives what happens.</param>
    /// <param name="cancellationToken">Stops it; what AWS has begun goes on.</param>
    /// <returns>What is to be done now; or Unavailable or BadInput with AWS's reason.</returns>
    public Task<Outcome<Preparation>> PrepareAsync(
        IStackSettings settings, IReadOnlyList<string> skip, IStackWatcher watch, CancellationToken cancellationToken) =>
        TryAsync(() => PrepareUncheckedAsync(settings, skip, watch, cancellationToken));

    /// <summary>Carries out a plan.</summary>
    /// <param name="plan">The plan, which <see cref="PrepareAsync"/> made.</param>
    /// <param name="watch">Receives what happens.</param>
    /// <param name="cancellationToken">Stops following; AWS goes on.</param>
    /// <returns>How it ended; or Unavailable or BadInput with AWS's reason, and then nothing was changed.</returns>
    public Task<Outcome<ApplyResult>> ApplyAsync(StackPlan plan, IStackWatcher watch, CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            watch.Begin(StackStage.Applying);
            return await _applier.ApplyAsync(plan, watch.Report, cancellationToken);
        });

    /// <summary>Removes a plan that is not carried out. If that fails, the next plan removes it; it costs nothing.</summary>
    public Task DiscardAsync(StackPlan plan) => _planner.TryDiscardAsync(plan);

    /// <summary>Reports the state of the stack.</summary>
    /// <param name="isDriftWanted">True to compare each resource with the template, which takes about a minute.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Outcome<StackReport>> InspectAsync(bool isDriftWanted, CancellationToken cancellationToken) =>
        TryAsync(() => new StackInspector(stack).InspectAsync(isDriftWanted, cancellationToken));

    /// <summary>Finds out what destroying would do.</summary>
    public Task<Outcome<DestroyPlan>> PlanDestructionAsync(CancellationToken cancellationToken) =>
        TryAsync(() => new StackDestroyer(stack).PlanAsync(cancellationToken));

    /// <summary>Deletes the stack.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="withArtifacts">True to delete buckets and repositories with everything in them.</param>
    /// <param name="watch">Receives what happens.</param>
    /// <param name="cancellationToken">Stops following; AWS goes on.</param>
    public Task<Outcome<DestroyResult>> DestroyAsync(
        DestroyPlan plan, bool withArtifacts, IStackWatcher watch, CancellationToken cancellationToken) => TryAsync(() =>
    {
        watch.Begin(StackStage.Destroying);
        return new StackDestroyer(stack).DestroyAsync(plan, withArtifacts, watch.Report, cancellationToken);
    });

    private async Task<Preparation> PrepareUncheckedAsync(
        IStackSettings settings, IReadOnlyList<string> skip, IStackWatcher watch, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var result = await _planner.PlanAsync(settings, isToBeApplied: true, cancellationToken);
            if (StageOf(result) is not { } stage) return new Preparation(result, null, null);
            watch.Begin(stage);
            var end = stage switch
            {
                StackStage.Waiting => await _applier.WatchAsync(watch.Report, cancellationToken),
                StackStage.RemovingFailed => await _applier.RemoveFailedAsync(watch.Report, cancellationToken),
                _ => await _applier.ContinueRollbackAsync(skip, watch.Report, cancellationToken),
            };
            if (end is ApplyResult.Failed or ApplyResult.Unwatched) return new Preparation(result, stage, end);
        }

        return new Preparation(new PlanResult.InProgress("changes all the time"), StackStage.Waiting, new ApplyResult.Outdated());
    }

    private static StackStage? StageOf(PlanResult result) => result switch
    {
        PlanResult.InProgress => StackStage.Waiting,
        PlanResult.FailedCreation => StackStage.RemovingFailed,
        PlanResult.FailedRollback => StackStage.ContinuingRollback,
        _ => null,
    };

    private static async Task<Outcome<T>> TryAsync<T>(Func<Task<T>> call)
        where T : notnull
    {
        try
        {
            return await call();
        }
        catch (AwsException e)
        {
            return e.Fault == AwsFault.Invalid ? Refusal.BadInput(e.Message) : Refusal.Unavailable(e.Message);
        }
    }
}

/// <summary>What is to be done after everything that was unfinished has ended.</summary>
/// <param name="Result">The plan, or why there is none.</param>
/// <param name="Stage">What did not end well; null when everything did.</param>
/// <param name="End">How it ended.</param>
public sealed record Preparation(PlanResult Result, StackStage? Stage, ApplyResult? End);

/// <summary>Receives what happens while AWS works.</summary>
public interface IStackWatcher
{
    /// <summary>Something begins that may take minutes.</summary>
    void Begin(StackStage stage);

    /// <summary>Something happened to a resource.</summary>
    void Report(StackProgress progress);
}

/// <summary>Something that AWS works on.</summary>
public enum StackStage
{
    /// <summary>What another command or person began.</summary>
    Waiting,

    /// <summary>Deleting a stack whose creation failed.</summary>
    RemovingFailed,

    /// <summary>Taking back an update that failed.</summary>
    ContinuingRollback,

    /// <summary>Carrying out a plan.</summary>
    Applying,

    /// <summary>Deleting the stack.</summary>
    Destroying,
}
