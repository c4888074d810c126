using System.CommandLine;
using Tenfold.App.Serving.Routing;
using Tenfold.Cli.Output;

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
        var json = CommandOptions.Json();
        const string description =
            "Take a version out of service. Its traffic goes to the other versions; if it has all traffic, to those that had it before. " +
            "Its model, its logged requests and their outcomes stay.";
        var command = new Command("revert", description.WithExample("tenfold revert iris 1.1.0", "tenfold revert iris 1.1.0 --undo"))
        {
            model, version, undo, json,
        };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var (name, one) = (parsed.GetValue(model)!, parsed.GetValue(version)!);
            var control = new TrafficControl(services);
            if (parsed.GetValue(undo))
            {
                await control.RestoreAsync(name, one, cancellationToken).OrFailAsync();
                Terminal.Say($"{name} {one} is in service again, without traffic; next: tenfold traffic {name} {one}=10 OTHER=90");
                return ExitCodes.Success;
            }

            TrafficCommand.Write(await control.RevertAsync(name, one, cancellationToken).OrFailAsync(), parsed.GetValue(json));
            return ExitCodes.Success;
        });
    }
}
