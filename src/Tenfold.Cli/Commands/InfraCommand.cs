using System.CommandLine;
using Tenfold.App.Infrastructure;
using Tenfold.App.Views;
using Tenfold.Aws.Stacks;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold infra</c>: makes, updates, inspects and deletes what runs on AWS need.</summary>
internal static class InfraCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("infra", "Make, update, inspect or delete what runs on AWS need: a stack with queues, roles, a bucket and a network.")
        {
            Plan(), Apply(), Status(), InfraDestroyCommand.Create(),
        };

    private static Command Plan()
    {
        var (place, settings, serving, json) = (new PlaceOptions(), new SettingsOptions(), new ServingOptions(), CommandOptions.Json());
        var command = new Command("plan", "Show what `tenfold infra apply` would change. Nothing is changed.".WithExample(
            "tenfold infra plan", "tenfold infra plan --max-vcpus 256 --json",
            "tenfold infra plan --serving --clients-from 10.0.0.0/8")) { json };
        place.AddTo(command);
        settings.AddTo(command);
        serving.AddTo(command);
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            using var stack = place.Resolve(parsed, services);
            using var signals = new ShutdownSignals();
            var wanted = settings.Read(parsed);
            var isJson = parsed.GetValue(json);
            if (!serving.IsMeant(parsed)) return await PlanAsync(stack, wanted, StackText.Costs, isJson, signals.Requested);
            var administration = new ServingAdministration(services, stack);
            var complete = await administration.CompleteAsync(
                serving.Read(parsed, wanted.LogDays, wanted.PermissionsBoundary), isToBeApplied: false, signals.Requested).OrFailAsync();
            if (!isJson) await PlanAsync(stack, wanted, StackText.Costs, isJson, signals.Requested);
            var costs = await administration.EstimateAsync(complete, signals.Requested);
            using var own = stack.OpenServing();
            return await PlanAsync(own, complete, [.. costs.Lines(stack.Region)], isJson, signals.Requested);
        });
    }

    private static async Task<int> PlanAsync(
        AwsStack stack, IStackSettings settings, IReadOnlyList<string> costs, bool isJson, CancellationToken cancellationToken)
    {
        var result = await new StackAdministration(stack).PlanAsync(settings, cancellationToken).OrFailAsync();
        if (isJson) Json.Write(StackPlanView.Of(stack.Name, stack.Region, result), ViewJson.Default.StackPlanView);
        else Show(result, stack, costs);
        return ExitCodeOf(result);
    }

    private static Command Apply()
    {
        var (place, settings, serving, json) = (new PlaceOptions(), new SettingsOptions(), new ServingOptions(), CommandOptions.Json());
        var yes = new Option<bool>("--yes", "-y") { Description = "Don't ask before something that exists is deleted or replaced." };
        var skip = new Option<string[]>("--skip")
        {
            Description = "A resource that a failed update could not take back, and that stays as it is. May be repeated.",
        };
        const string description =
            "Make or update the stack. The plan and the costs are printed first. Settings that are not named stay as they are.";
        var command = new Command("apply", description.WithExample(
            "tenfold infra apply", "tenfold infra apply --region eu-west-1 --max-vcpus 256",
            "tenfold infra apply --ssh-from 203.0.113.7/32",
            "tenfold infra apply --serving --clients-from 10.0.0.0/8")) { yes, skip, json };
        place.AddTo(command);
        settings.AddTo(command);
        serving.AddTo(command);
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            using var stack = place.Resolve(parsed, services);
            var (isAsked, isJson, skipped) = (!parsed.GetValue(yes), parsed.GetValue(json), parsed.GetValue(skip) ?? []);
            var wanted = settings.Read(parsed);
            if (!serving.IsMeant(parsed))
                return await new InfraApply(stack) { IsAsked = isAsked, IsJson = isJson }.RunAsync(wanted, skipped);
            var wishes = serving.Read(parsed, wanted.LogDays, wanted.PermissionsBoundary);
            // What is written as JSON is the end of serving's stack.
            var exitCode = await new InfraApply(stack) { IsAsked = isAsked, IsJson = false }.RunAsync(wanted, skipped);
            if (exitCode != ExitCodes.Success) return exitCode;
            Terminal.Say("uploading the program that gateways start, unless the bucket has it");
            var administration = new ServingAdministration(services, stack);
            var complete = await administration.CompleteAsync(wishes, isToBeApplied: true, cancellationToken).OrFailAsync();
            var costs = await administration.EstimateAsync(complete, cancellationToken);
            using var own = stack.OpenServing();
            return await new InfraApply(own)
            {
                IsAsked = isAsked,
                IsJson = isJson,
                Costs = [.. costs.Lines(stack.Region)],
            }.RunAsync(complete, skipped);
        });
    }

    private static Command Status()
    {
        var (place, json) = (new PlaceOptions(), CommandOptions.Json());
        var fast = new Option<bool>("--no-drift") { Description = "Don't search for changes by hand, which takes about a minute." };
        var command = new Command(
            "status", "Show the stack, its outputs, and what was changed by hand.".WithExample("tenfold infra status")) { fast, json };
        place.AddTo(command);
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            using var stack = place.Resolve(parsed, services);
            using var signals = new ShutdownSignals();
            var isDriftWanted = !parsed.GetValue(fast);
            if (isDriftWanted) Terminal.Say("comparing the stack with its template, which takes about a minute (--no-drift skips that)");
            var report = await new StackAdministration(stack).InspectAsync(isDriftWanted, signals.Requested).OrFailAsync();
            if (parsed.GetValue(json)) Json.Write(StackView.Of(report), ViewJson.Default.StackView);
            else if (report.Status is not null) StatusText.Write(report, services.Time.GetUtcNow());
            if (!parsed.GetValue(json)
                && (await new ServingAdministration(services, stack).InspectAsync(signals.Requested)).Succeeded(out var served, out _)
                && served.Status is not null) StatusText.WriteServing(served);
            foreach (var line in StatusText.Advice(report)) Terminal.Say(line);
            return report.Status is null ? ExitCodes.NotFound
                : !report.IsUsable || report.Drifted.Any() ? ExitCodes.RunFailed
                : ExitCodes.Success;
        });
    }

    private static void Show(PlanResult result, AwsStack stack, IReadOnlyList<string> costs)
    {
        if (StackText.Problem(result, stack) is { } problem) Terminal.Say(problem);
        if (result is not PlanResult.Planned planned) return;
        StackText.Write(planned.Plan);
        Terminal.Say(StackText.Summary(planned.Plan));
        foreach (var line in costs) Terminal.Say(line);
    }

    private static int ExitCodeOf(PlanResult result) => result switch
    {
        PlanResult.Refused => ExitCodes.BadInput,
        PlanResult.FailedDeletion => ExitCodes.RunFailed,
        _ => ExitCodes.Success,
    };
}
