using Tenfold.App.Infrastructure;
using Tenfold.App.Views;
using Tenfold.Aws.Stacks;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Infra;

/// <summary>Applies a stack: shows the plan and its costs, asks where something would be lost, and follows AWS to the end.</summary>
/// <param name="stack">The stack.</param>
internal sealed class InfraApply(AwsStack stack)
{
    private readonly StackAdministration _administration = new(stack);

    /// <summary>True to ask before something that exists is deleted or replaced.</summary>
    public required bool IsAsked { get; init; }

    /// <summary>True to write the end as JSON to standard output.</summary>
    public required bool IsJson { get; init; }

    /// <summary>What the stack costs, one line each; default: what a stack of runs costs.</summary>
    public IReadOnlyList<string> Costs { get; init; } = StackText.Costs;

    /// <summary>Applies.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IStackSettings settings, IReadOnlyList<string> skip)
    {
        using var signals = new ShutdownSignals();
        using var progress = new StackProgressText();
        try
        {
            var prepared = await _administration.PrepareAsync(settings, skip, progress, signals.Requested).OrFailAsync();
            if (prepared.End is { } unfinished) return await EndAsync(unfinished, signals.Requested);
            return prepared.Result is PlanResult.Planned planned
                ? await ApplyAsync(planned.Plan, progress, signals.Requested)
                : await WithoutPlanAsync(prepared.Result, signals.Requested);
        }
        catch (OperationCanceledException) when (progress.HasBegun)
        {
            Terminal.Say("AWS goes on without this command: `tenfold infra apply` continues to watch it");
            return ExitCodes.Interrupted;
        }
    }

    private async Task<int> ApplyAsync(StackPlan plan, StackProgressText progress, CancellationToken cancellationToken)
    {
        if (!IsJson) StackText.Write(plan);
        Terminal.Say(StackText.Summary(plan));
        foreach (var line in Costs) Terminal.Say(line);
        if (IsAsked && plan.Losses.Any() && !IsConfirmed(plan))
        {
            await _administration.DiscardAsync(plan);
            Terminal.Say("nothing was changed");
            return Terminal.IsInteractive ? ExitCodes.RunFailed : ExitCodes.BadInput;
        }

        return await EndAsync(await _administration.ApplyAsync(plan, progress, cancellationToken).OrFailAsync(), cancellationToken);
    }

    private static bool IsConfirmed(StackPlan plan)
    {
        var lost = string.Join(", ", plan.Losses.Select(change => change.Resource));
        if (!Terminal.IsInteractive)
        {
            Terminal.Say($"this deletes or replaces {lost}: pass --yes to agree");
            return false;
        }

        Console.Error.Write($"This deletes or replaces {lost}. Type yes to go on: ");
        return Console.In.ReadLine()?.Trim() is "yes" or "y";
    }

    private async Task<int> WithoutPlanAsync(PlanResult result, CancellationToken cancellationToken)
    {
        Terminal.Say(StackText.Problem(result, stack) ?? "");
        var (state, exitCode) = result switch
        {
            PlanResult.NothingToChange => ("unchanged", ExitCodes.Success),
            PlanResult.Refused => ("refused", ExitCodes.BadInput),
            _ => ("failed", ExitCodes.RunFailed),
        };
        await WriteAsync(StackEndView.Of(stack.Name, stack.Region, state, (result as PlanResult.Refused)?.Reason), cancellationToken);
        return exitCode;
    }

    private async Task<int> EndAsync(ApplyResult result, CancellationToken cancellationToken)
    {
        Terminal.Say(StackText.EndOf(result, stack));
        var view = StackEndView.Of(stack.Name, stack.Region, result switch
        {
            ApplyResult.Done => "done",
            ApplyResult.Failed => "failed",
            ApplyResult.Outdated => "outdated",
            ApplyResult.Gone => "gone",
            _ => "unwatched",
        }, (result as ApplyResult.Unwatched)?.Fault);
        if (result is ApplyResult.Failed failed)
            view = view with { Status = failed.Status, Failure = failed.First is { } first ? StackFailureView.Of(first) : null };
        await WriteAsync(view, cancellationToken);
        return result is ApplyResult.Done ? ExitCodes.Success : ExitCodes.RunFailed;
    }

    private async Task WriteAsync(StackEndView view, CancellationToken cancellationToken)
    {
        if (!IsJson) return;
        if (view.State is "done" or "unchanged"
            && (await _administration.InspectAsync(isDriftWanted: false, cancellationToken)).Succeeded(out var report, out _))
            view = view with { Status = report.Status, Outputs = report.Outputs };
        Json.Write(view, ViewJson.Default.StackEndView);
    }
}
