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
        var (place, settings, json) = (new PlaceOptions(), new SettingsOptions(), CommandOptions.Json());
        var command = new Command("plan", "Show what `tenfold infra apply` would change. Nothing is changed.".WithExample(
            "tenfold infra plan", "tenfold infra plan --max-vcpus 256 --json")) { json };
        place.AddTo(command);
        settings.AddTo(command);
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            using var stack = place.Resolve(parsed, services);
            using var signals = new ShutdownSignals();
            var result = await new StackAdministration(stack).PlanAsync(settings.Read(parsed), signals.Requested).OrFailAsync();
            if (parsed.GetValue(json))
            {
                Json.Write(StackPlanView.Of(stack.Name, stack.Region, result), ViewJson.Default.StackPlanView);
                return ExitCodeOf(result);
            }

            Show(result, stack);
            return ExitCodeOf(result);
        });
    }

    private static Command Apply()
    {
        var (place, settings, json) = (new PlaceOptions(), new SettingsOptions(), CommandOptions.Json());
        var yes = new Option<bool>("--yes", "-y") { Description = "Don't ask before something that exists is deleted or replaced." };
        var skip = new Option<string[]>("--skip")
        {
            Description = "A resource that a failed update could not take back, and that stays as it is. May be repeated.",
        };
        const string description =
            "Make or update the stack. The plan and the costs are printed first. Settings that are not named stay as they are.";
        var command = new Command("apply", description.WithExample(
            "tenfold infra apply", "tenfold infra apply --region eu-west-1 --max-vcpus 256",
            "tenfold infra apply --ssh-from 203.0.113.7/32")) { yes, skip, json };
        place.AddTo(command);
        settings.AddTo(command);
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            using var stack = place.Resolve(parsed, services);
            var apply = new InfraApply(stack) { IsAsked = !parsed.GetValue(yes), IsJson = parsed.GetValue(json) };
            return await apply.RunAsync(settings.Read(parsed), parsed.GetValue(skip) ?? []);
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
            foreach (var line in StatusText.Advice(report)) Terminal.Say(line);
            return report.Status is null ? ExitCodes.NotFound
                : !report.IsUsable || report.Drifted.Any() ? ExitCodes.RunFailed
                : ExitCodes.Success;
        });
    }

    private static void Show(PlanResult result, AwsStack stack)
    {
        if (StackText.Problem(result, stack) is { } problem) Terminal.Say(problem);
        if (result is not PlanResult.Planned planned) return;
        StackText.Write(planned.Plan);
        Terminal.Say(StackText.Summary(planned.Plan));
        foreach (var line in StackText.Costs) Terminal.Say(line);
    }

    private static int ExitCodeOf(PlanResult result) => result switch
    {
        PlanResult.Refused => ExitCodes.BadInput,
        PlanResult.FailedDeletion => ExitCodes.RunFailed,
        _ => ExitCodes.Success,
    };
}
