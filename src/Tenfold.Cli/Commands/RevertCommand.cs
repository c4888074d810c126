using System.CommandLine;
using Tenfold.App.Serving.OnAws;
using Tenfold.App.Serving.Routing;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;
using Tenfold.Core.Versions;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold revert</c>: takes a version out of service, and keeps all evidence.</summary>
internal static class RevertCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "The model." };
        var version = new Argument<string>("version") { Description = "The version." };
        var undo = new Option<bool>("--undo") { Description = "Put a reverted version into service again, without traffic." };
        var on = ServingOn.Create();
        var json = CommandOptions.Json();
        const string description =
            "Take a version out of service. Its traffic goes to the other versions; if it has all traffic, to those that had it before. " +
            "Its model, its logged requests and their outcomes stay.";
        var command = new Command("revert", description.WithExample("tenfold revert iris 1.1.0", "tenfold revert iris 1.1.0 --undo"))
        {
            model, version, undo, on, json,
        };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var (name, one) = (parsed.GetValue(model)!, parsed.GetValue(version)!);
            using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
            var control = new TrafficControl(place?.Services ?? services);
            if (parsed.GetValue(undo))
            {
                if (place is not null) await StartAsync(place, control, name, one, cancellationToken);
                await control.RestoreAsync(name, one, cancellationToken).OrFailAsync();
                Terminal.Say($"{name} {one} is in service again, without traffic; next: tenfold traffic {name} {one}=10 OTHER=90");
                return ExitCodes.Success;
            }

            var route = await control.RevertAsync(name, one, cancellationToken).OrFailAsync();
            if (place is not null)
            {
                // The traffic has gone to the others before; the tasks finish what they have.
                var version = await control.FindAsync(name, one, cancellationToken).OrFailAsync();
                await new EcsVersions(place).StopAsync(version, cancellationToken).OrFailAsync();
                Terminal.Say($"the tasks of {name} {one} end now, and cost nothing any more");
            }

            TrafficCommand.Write(route, parsed.GetValue(json));
            return ExitCodes.Success;
        });
    }

    private static async Task StartAsync(
        ServingPlace place, TrafficControl control, string model, string version, CancellationToken cancellationToken)
    {
        var found = await control.FindAsync(model, version, cancellationToken).OrFailAsync();
        if (found.State != VersionState.Reverted || found.Service is null) return;
        if (!await new EcsVersions(place).StartAgainAsync(found, cancellationToken).OrFailAsync())
        {
            throw new CommandException(
                ExitCodes.NotFound, $"the service of {model} {version} was removed from AWS: deploy its run as a new version");
        }
    }
}
