using Tenfold.Aws.Stacks;
using Tenfold.Cli.Output;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Infra;

/// <summary>Says what was planned, what happened to a stack, and what to do.</summary>
internal static class StackText
{
    /// <summary>What a stack costs.</summary>
    /// <remarks>Source: Amazon's price lists for eu-west-1 and us-east-1; other regions differ by some tens of per cent.</remarks>
    public static IReadOnlyList<string> Costs =>
    [
        "while nothing runs, this costs nothing but what is stored: about 0.023 USD a GB and month for files, 0.10 for images, " +
            "0.03 for logs",
        "while a run uses a machine: the machine's price, about 0.08 USD a GB and month for its disk, 0.005 USD an hour for its address",
    ];

    /// <summary>Writes the changes of a plan as a table to standard output.</summary>
    public static void Write(StackPlan plan)
    {
        if (plan.Changes.Count == 0) return;
        var table = new TextTable("ACTION", "RESOURCE", "TYPE", "CHANGES");
        foreach (var change in plan.Changes)
            table.Add(ActionOf(change), change.Resource, change.Type, string.Join(", ", change.Properties));
        table.Write(Console.Out, Terminal.Width);
    }

    /// <summary>What a plan amounts to.</summary>
    public static string Summary(StackPlan plan)
    {
        var (add, modify, remove) = (Count(PlannedAction.Add), Count(PlannedAction.Modify), Count(PlannedAction.Remove));
        var counts = new List<string>();
        if (add > 0) counts.Add($"{add} to create");
        if (modify > 0) counts.Add($"{modify} to change");
        if (remove > 0) counts.Add($"{remove} to delete");
        if (Count(PlannedAction.Other) is > 0 and var open) counts.Add($"{open} on which AWS decides while it applies the plan");
        if (counts.Count == 0) counts.Add("no resource changes, only parameters, outputs or tags");
        return $"the stack '{plan.Stack}' in {plan.Region}{(plan.IsNew ? " is new" : "")}: {string.Join(", ", counts)}";

        int Count(PlannedAction action) => plan.Changes.Count(change => change.Action == action);
    }

    /// <summary>Why there is no plan, and what to do; null when there is one.</summary>
    public static string? Problem(PlanResult result, AwsStack stack) => result switch
    {
        PlanResult.NothingToChange => $"the stack '{stack.Name}' in {stack.Region} is as it should be: nothing to change",
        PlanResult.InProgress busy =>
            $"AWS is working on the stack '{stack.Name}' ({busy.Status}): `tenfold infra apply` waits until that is done",
        PlanResult.FailedCreation failed =>
            $"the creation of the stack '{stack.Name}' failed ({failed.Status}): `tenfold infra apply` deletes what is left and " +
                "begins again",
        PlanResult.FailedRollback =>
            $"an update of the stack '{stack.Name}' failed, and so did taking it back: `tenfold infra apply` continues to take it back",
        PlanResult.FailedDeletion =>
            $"the stack '{stack.Name}' is half deleted: complete that first (`tenfold infra destroy`), then apply again",
        PlanResult.Refused refused => $"AWS can't plan this: {refused.Reason}. Correct the settings, and try again",
        _ => null,
    };

    /// <summary>How a change ended, and what to do next; the last part of each is a command or a thing to correct.</summary>
    public static string EndOf(ApplyResult result, AwsStack stack) => result switch
    {
        ApplyResult.Failed failed => $"{FailureOf(failed.First)}. {StateAfter(failed.Status)}; {NextStep(failed.First)}, then apply again",
        ApplyResult.Outdated => "another process has changed the stack or its plan meanwhile, so nothing was applied: apply again",
        ApplyResult.Unwatched unwatched =>
            $"{unwatched.Fault}\nAWS goes on without this command: `tenfold infra apply` continues to watch it",
        ApplyResult.Gone => $"another process has deleted the stack '{stack.Name}' meanwhile: apply again to make a new one",
        _ => $"the stack '{stack.Name}' in {stack.Region} is ready",
    };

    /// <summary>A failure of a resource in one sentence.</summary>
    public static string FailureOf(StackFailure? failure) => failure is null
        ? "AWS could not do it, and names no resource"
        : $"{failure.Resource} ({failure.Type}) failed: {failure.Reason.TrimEnd('.')}";

    /// <summary>What to do about a failure.</summary>
    public static string NextStep(StackFailure? failure) => failure?.NextStep ?? "correct the cause";

    /// <summary>What a bucket or a repository contains.</summary>
    public static string ContentOf(Kept kept)
    {
        var least = kept.Content.IsComplete ? "" : "at least ";
        return kept.Kind == KeptKind.Bucket
            ? $"s3://{kept.Name}: {least}{Numbers.Count(kept.Content.Count, "version")} of objects, " +
                $"{least}{Numbers.Size(kept.Content.Bytes ?? 0)}"
            : $"the repository {kept.Name}: {Numbers.Count(kept.Content.Count, "image")}";
    }

    private static string StateAfter(string status) => status switch
    {
        "ROLLBACK_COMPLETE" or "DELETE_COMPLETE" => "AWS has deleted again what it had created",
        "UPDATE_ROLLBACK_COMPLETE" => "AWS has taken back what it had changed",
        "UPDATE_ROLLBACK_FAILED" => "AWS could not take back everything (--skip NAME leaves a resource as it is)",
        _ => $"The stack is in the state {status}",
    };

    private static string ActionOf(PlannedChange change) => (change.Action, change.Replacement) switch
    {
        (PlannedAction.Add, _) => "create",
        (PlannedAction.Remove, _) => "delete",
        (PlannedAction.Modify, Replacement.Yes) => "replace",
        (PlannedAction.Modify, Replacement.Perhaps) => "change, perhaps replace",
        (PlannedAction.Modify, _) => "change",
        _ => "decided by AWS",
    };
}
