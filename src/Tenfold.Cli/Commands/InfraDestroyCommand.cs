using System.CommandLine;
using Tenfold.App.Infrastructure;
using Tenfold.App.Views;
using Tenfold.Aws.Stacks;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold infra destroy</c>: deletes the stack, and keeps what contains artifacts unless that is to go too.</summary>
internal static class InfraDestroyCommand
{
    private const int MaxNamed = 20;

    private const string Description =
        "Delete the stack. A bucket with artifacts and a repository with images stay, unless --with-artifacts deletes them too. " +
        "While jobs wait or run, nothing is deleted.";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var (place, json) = (new PlaceOptions(), CommandOptions.Json());
        var yes = new Option<bool>("--yes", "-y") { Description = "Don't ask." };
        var all = new Option<bool>("--with-artifacts") { Description = "Delete the bucket and the repository with everything in them." };
        var serving = new Option<bool>("--serving") { Description = "Delete what serving needs, and nothing else." };
        var force = new Option<bool>("--force") { Description = "Delete the stack although jobs wait or run; they end." };
        var description = Description.WithExample(
            "tenfold infra destroy", "tenfold infra destroy --with-artifacts", "tenfold infra destroy --serving --yes --json");
        var command = new Command("destroy", description) { yes, all, force, serving, json };
        place.AddTo(command);
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            using var stack = place.Resolve(parsed, services);
            using var own = stack.OpenServing();
            var isServing = parsed.GetValue(serving);
            var destruction = new Destruction(
                isServing ? own : stack, IsAsked: !parsed.GetValue(yes), parsed.GetValue(all), parsed.GetValue(force),
                parsed.GetValue(json), isServing);
            return !isServing && await IsInUseAsync(own, destruction, cancellationToken)
                ? ExitCodes.RunFailed : await RunAsync(destruction);
        });
    }

    // The network can't go before the load balancer, and the gateways need the bucket.
    private static async Task<bool> IsInUseAsync(AwsStack serving, Destruction destruction, CancellationToken cancellationToken)
    {
        var report = await new StackAdministration(serving).InspectAsync(isDriftWanted: false, cancellationToken).OrFailAsync();
        if (report.Status is null) return false;
        Terminal.Say(
            $"the stack '{serving.Name}' serves models and needs this one: delete it first (`tenfold infra destroy --serving`)");
        Write(destruction, StackEndView.Of(destruction.Stack.Name, destruction.Stack.Region, "in-use"));
        return true;
    }

    private static async Task<int> RunAsync(Destruction destruction)
    {
        using var signals = new ShutdownSignals();
        using var progress = new StackProgressText();
        var administration = new StackAdministration(destruction.Stack);
        var plan = await administration.PlanDestructionAsync(signals.Requested).OrFailAsync();
        if (WhyNot(plan, destruction) is { } refused) return refused;
        try
        {
            var result = await administration
                .DestroyAsync(plan, destruction.WithArtifacts, progress, signals.Requested).OrFailAsync();
            return End(result, destruction);
        }
        catch (OperationCanceledException)
        {
            Terminal.Say("AWS goes on without this command: `tenfold infra destroy` continues");
            return ExitCodes.Interrupted;
        }
    }

    // The exit code of a destruction that does not take place; null for one that does.
    private static int? WhyNot(DestroyPlan plan, Destruction destruction)
    {
        if (plan.IsNothing)
        {
            Terminal.Say($"there is no stack '{plan.Stack}' in {plan.Region}, and nothing of it is left");
            Write(destruction, StackEndView.Of(plan.Stack, plan.Region, "nothing"));
            return ExitCodes.Success;
        }

        if (plan.IsProtected)
        {
            Terminal.Say(
                $"the stack '{plan.Stack}' is protected against deletion: switch that off first ('aws cloudformation " +
                $"update-termination-protection --no-enable-termination-protection --stack-name {plan.Stack} --region {plan.Region}')");
            Write(destruction, StackEndView.Of(plan.Stack, plan.Region, "protected"));
            return ExitCodes.RunFailed;
        }

        foreach (var fault in plan.WorkFaults) Terminal.Say($"warning: live jobs could not be searched for: {fault}");
        foreach (var work in plan.Work.Take(MaxNamed)) Terminal.Say($"  {work.Kind} {work.Name} ({work.Status.ToLowerInvariant()})");
        if (plan.Work.Count > 0 && !destruction.IsForced)
        {
            Terminal.Say(destruction.IsServing
                ? $"{Numbers.Count(plan.Work.Count, "version")} of models are served, so the stack is not deleted: revert and purge them "
                    + "with --on aws, or remove them with --force"
                : $"{Numbers.Count(plan.Work.Count, "job")} of this stack wait or run, so it is not deleted: cancel them "
                    + "('tenfold cancel ID'), or end them with --force");
            var view = StackEndView.Of(plan.Stack, plan.Region, "in-use");
            Write(destruction, view with { Work = [.. plan.Work.Select(LiveWorkView.Of)] });
            return ExitCodes.RunFailed;
        }

        Announce(plan, destruction.WithArtifacts);
        if (!destruction.IsAsked || IsConfirmed(plan, destruction.WithArtifacts)) return null;
        Terminal.Say("nothing was deleted");
        return Terminal.IsInteractive ? ExitCodes.RunFailed : ExitCodes.BadInput;
    }

    private static void Announce(DestroyPlan plan, bool withArtifacts)
    {
        if (plan.Status is null) Terminal.Say($"the stack '{plan.Stack}' in {plan.Region} is deleted already");
        else Terminal.Say($"the stack '{plan.Stack}' in {plan.Region} has {Numbers.Count(plan.Resources.Count, "resource")}");
        foreach (var kept in plan.Kept)
        {
            var words = kept.Content.Count == 0 ? "empty, is deleted too" : withArtifacts ? "is DELETED" : "stays";
            Terminal.Say($"  {StackText.ContentOf(kept)}: {words}");
        }

        if (plan.Caches.Count > 0) Terminal.Say($"  {Numbers.Count(plan.Caches.Count, "cache")} of public images: deleted too");
    }

    private static bool IsConfirmed(DestroyPlan plan, bool withArtifacts)
    {
        if (!Terminal.IsInteractive)
        {
            Terminal.Say("destroy asks first: pass --yes to agree");
            return false;
        }

        // Artifacts can't be brought back, so a habit must not be enough.
        var wanted = withArtifacts ? plan.Stack : "yes";
        Console.Error.Write($"Type {wanted} to go on: ");
        return Console.In.ReadLine()?.Trim() == wanted;
    }

    private static int End(DestroyResult result, Destruction destruction)
    {
        var (stack, region) = (destruction.Stack.Name, destruction.Stack.Region);
        switch (result)
        {
            case DestroyResult.Done done:
                var rest = done.Kept.Count + done.Retained.Count == 0 && !destruction.IsServing ? "; nothing is left" : "";
                Terminal.Say($"the stack '{stack}' in {region} is deleted{rest}");
                if (destruction.IsServing)
                {
                    Terminal.Say(
                        "  left: a snapshot of the database, with all logged requests; it costs about 0.10 USD per GB and month. "
                        + $"'aws rds describe-db-snapshots --region {region}' lists it, 'aws rds delete-db-snapshot' deletes it");
                }

                foreach (var kept in done.Kept)
                    Terminal.Say($"  left: {StackText.ContentOf(kept)} (`tenfold infra destroy --with-artifacts` deletes it)");
                foreach (var failure in done.Retained)
                    Terminal.Say($"  left: {StackText.FailureOf(failure)}; delete it by hand: {StackText.NextStep(failure)}");
                Write(destruction, StackEndView.Of(stack, region, "done") with
                {
                    Kept = [.. done.Kept.Select(KeptView.Of)],
                    Retained = [.. done.Retained.Select(StackFailureView.Of)],
                });
                return ExitCodes.Success;
            case DestroyResult.Failed failed:
                Terminal.Say(
                    $"{StackText.FailureOf(failed.First)}. The stack is in the state {failed.Status}; " +
                    $"{StackText.NextStep(failed.First)}, then destroy again");
                Write(destruction, StackEndView.Of(stack, region, "failed") with
                {
                    Status = failed.Status,
                    Failure = failed.First is { } first ? StackFailureView.Of(first) : null,
                });
                return ExitCodes.RunFailed;
            case DestroyResult.Unwatched unwatched:
                Terminal.Say($"{unwatched.Fault}\nAWS goes on without this command: `tenfold infra destroy` continues");
                Write(destruction, StackEndView.Of(stack, region, "unwatched", unwatched.Fault));
                return ExitCodes.RunFailed;
            default:
                throw new InvalidOperationException($"an unknown end: {result}");
        }
    }

    private static void Write(Destruction destruction, StackEndView view)
    {
        if (destruction.IsJson) Json.Write(view, ViewJson.Default.StackEndView);
    }

    /// <summary>What the command line asks for.</summary>
    private sealed record Destruction(
        AwsStack Stack, bool IsAsked, bool WithArtifacts, bool IsForced, bool IsJson, bool IsServing);
}
