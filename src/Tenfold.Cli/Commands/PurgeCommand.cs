using System.CommandLine;
using Tenfold.App.Serving.OnAws;
using Tenfold.App.Serving.Routing;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold purge</c>: deletes the logged requests of a reverted version.</summary>
internal static class PurgeCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "The model." };
        var version = new Argument<string>("version") { Description = "The version, which was reverted." };
        const string description =
            "Delete all logged requests of a reverted version, with their outcomes. The version's record stays, and so do its model and " +
            "its run. This can't be undone, and the version's name is not used again.";
        var example = "tenfold revert iris 1.1.0; tenfold purge iris 1.1.0";
        var on = ServingOn.Create();
        var command = new Command("purge", description.WithExample(example)) { model, version, on };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var (name, one) = (parsed.GetValue(model)!, parsed.GetValue(version)!);
            using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
            if (place is not null)
            {
                var purged = await new VersionPurger(place.Services).MarkAsync(name, one, cancellationToken).OrFailAsync();
                if (purged.Service is { } service) await new EcsVersions(place).PurgeAsync(service, cancellationToken).OrFailAsync();
                Terminal.Say($"{name} {one}: its service, its task definitions and its files on AWS are removed");
                var gone = await place.Services.Requests.DeleteVersionAsync(name, one, cancellationToken);
                Terminal.Say($"{name} {one} is purged: {Numbers.Count(gone, "request")} deleted");
                return ExitCodes.Success;
            }

            var deleted = await new VersionPurger(services).PurgeAsync(name, one, cancellationToken).OrFailAsync();
            Terminal.Say($"{name} {one} is purged: {Numbers.Count(deleted, "request")} deleted");
            return ExitCodes.Success;
        });
    }
}
